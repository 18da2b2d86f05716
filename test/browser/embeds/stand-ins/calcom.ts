/** Cal.com's own host script, `@calcom/embed-core`; only the calendar in its frame is a stand-in. */
import type { FrameWidget } from './widget.js';

/** Where the host script is, below the libraries' `node_modules`. */
export const CAL_EMBED = '@calcom/embed-core/dist/embed/embed.js';

/** Keeps calls until the host script is there, as Cal.com's snippet does: the queue is `Cal.q`, a namespace's `Cal.ns.x.q`. */
export const CAL_QUEUE = `{
  const queue = () => { const api = (...given) => void api.q.push(given); api.q = []; return api; };
  window.Cal ??= Object.assign(queue(), { ns: {}, loaded: true });
  window.Cal.named = (name, options) => {
    Cal.ns[name] = queue();
    Cal.ns[name]('init', name, options);
    Cal('initNamespace', name);
  };
}`;

const say = (type: string, data: unknown, namespace = '') => ({
  ...{ originator: 'CAL', type, namespace, fullType: `CAL:${namespace}:${type}`, data },
});

const slot = { startTime: '2026-12-01T10:00:00Z', endTime: '2026-12-01T10:30:00Z' };

/** What the calendar posts for one booking: the event of today, and the older one with personal data. */
export const bookedInCal = (uid: string, namespace = '') => [
  say('bookingSuccessfulV2', { uid, title: 'Demo', ...slot, eventTypeId: 1, status: 'ACCEPTED' }, namespace),
  say(
    'bookingSuccessful',
    { booking: { uid, ...slot, attendees: [{ email: 'ada@example.com' }] }, date: slot.startTime },
    namespace,
  ),
];

export const CALCOM: FrameWidget = {
  word: 'calcom',
  origin: 'https://app.cal.com',
  html: (origin) => `<div id="cal"></div><script nonce="page">${CAL_QUEUE}
      Cal('init', { origin: '${origin}' });
      Cal('inline', { elementOrSelector: '#cal', calLink: 'acme/demo', config: { theme: 'light' } });</script>
    <script async nonce="page" src="/library/${CAL_EMBED}"></script>`,
  codeIn: ({ searchParams }) => searchParams.get('metadata[ucc]'),
  booked: bookedInCal,
  silent: [
    say('rescheduleBookingSuccessfulV2', { uid: 'moved' }),
    say('bookingCancelled', { booking: { uid: 'cancelled' } }),
    say('dryRunBookingSuccessfulV2', { uid: null }),
    say('__iframeReady', { isPrerendering: false }),
    say('linkReady', {}),
  ],
  told: (ref) => ({ kind: 'demo', ref }),
};
