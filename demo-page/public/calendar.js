// Cal.com's calendar, as its documentation has it. Where Cal.com's own script is not installed, a plain frame does.
const holder = document.querySelector('#calendar');
const { origin } = holder.dataset;

const queue = [];
window.Cal = Object.assign((...given) => queue.push(given), { q: queue, ns: {}, loaded: true });
window.Cal('init', { origin });
window.Cal('inline', { elementOrSelector: '#calendar', calLink: 'lintel/demo', config: { theme: 'light' } });

const script = Object.assign(document.createElement('script'), { src: '/calcom/embed.js' });
script.addEventListener('error', () => {
  const frame = Object.assign(document.createElement('iframe'), { className: 'cal-embed', title: 'Book a demo' });
  frame.src = `${origin}/lintel/demo/embed`;
  holder.append(frame);
});
document.head.append(script);
