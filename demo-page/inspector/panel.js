// The inspector's panel: draws what the recorder wrote down in this tab, and what the server sends. It only ever adds
// at the end and writes into places that are there, so that nothing on the page moves.
const panel = document.querySelector('#inspector');
const find = (selector) => panel.querySelector(selector);
const log = find('.log ol');

const SOURCES = {
  address: 'this page’s address',
  cello: 'Cello’s script',
  cookie: 'Cello’s cookie',
  memory: 'our own cookie',
  manual: 'setUcc()',
};

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const code = (text) => make('code', {}, text);
const bold = (text) => make('b', {}, text);
const note = (className, text) => make('p', { className }, text);
const showStatus = (status) =>
  make(
    'span',
    { className: status >= 200 && status < 300 ? 'status good' : 'status bad' },
    String(status ?? 'no answer'),
  );
const showBody = (name, body, open = false) =>
  make('details', { open }, make('summary', {}, name), make('pre', {}, JSON.stringify(body, null, 1)));

/** How an entry looks: its words in the row of its station, its line in the log, and what stands below the line. */
const DRAW = {
  code: ({ ucc, source, page }) => ({
    row: ucc,
    line: ['Found ', code(ucc), ' in ', bold(SOURCES[source] ?? source), ', on ', code(page)],
  }),
  field: ({ form, kind, ucc, page, isOurs }) => ({
    row: form,
    line: [
      ...[
        'The ',
        ucc ? 'form ' : '',
        bold(form),
        kind ? `, a ${kind},` : '',
        ' on ',
        code(page),
        ...(ucc ? [' holds ', code(ucc)] : [' carries the code']),
      ],
      isOurs ? '' : ', in the field that Cello’s script had put there',
    ],
  }),
  message: ({ body, status, answer }) => ({
    row: body.type,
    line: [showStatus(status), ' ', bold(body.type), ` ${answer.status ?? answer.error}, from `, code(body.page)],
    more: [
      note('confirmation', 'The browser has not seen the answer.'),
      ...(answer.status === 'duplicate' ? [note('aside', 'Sent again to be sure, counted once.')] : []),
      showBody('Message', body),
    ],
  }),
  failed: ({ type, reason }) => ({
    row: `${type} failed`,
    line: [make('span', { className: 'status bad' }, 'failed'), ' ', bold(type), `: ${reason}`],
  }),
  handler: ({ handler, ucc, from, isKnown }) => ({
    row: ucc ? `${handler.split(' ')[1]}, ${from}` : 'no code',
    line: ucc
      ? [
          code(handler),
          ' read ',
          code(ucc),
          ' from the ',
          bold(from),
          isKnown ? '. The account was there: no event.' : '',
        ]
      : [code(handler), ' found no code: no event.'],
  }),
  cello: ({ status, body }) => ({
    row: body.context.event.trigger,
    line: [showStatus(status), ' ', bold(body.context.event.trigger), ' answered by Cello'],
    more: [showBody('Event', body, true)],
  }),
};

const SAID = {
  code: 'Code found.',
  field: 'Field filled.',
  message: 'Message arrived.',
  failed: 'A message failed.',
  handler: 'The site read the code.',
  cello: 'Event sent to Cello.',
};

const seen = new Set();
const confirmed = new Set();
let lastCode = null;

/** The browser learnt that its message arrived: said on every line of it. */
function confirm(id) {
  confirmed.add(id);
  for (const line of log.querySelectorAll(`[data-message="${CSS.escape(id)}"] .confirmation`)) {
    line.textContent = 'The browser has seen the answer: delivered.';
  }
}

/** A code that is found again on the next page, in the same place, is nothing new. */
function isRepeated({ station, ucc, source }) {
  if (station !== 'code') return false;
  const found = `${source} ${ucc}`;
  if (found === lastCode) return true;
  lastCode = found;
  return false;
}

function markStation(station, text, isBad) {
  const row = find(`[data-station="${station}"]`);
  row.classList.remove('passed');
  row.classList.add('done');
  row.classList.toggle('bad', isBad);
  row.querySelector('span').textContent = text;
  find('[data-progress]').textContent = `${panel.querySelectorAll('.stations > :is(.done, .passed)').length} of 5`;
}

/** Where the code goes on without a form, step 2 says so. A step that is not needed is no step that is missing. */
function passField({ from, ucc }) {
  const row = find('[data-station="field"]');
  if (row.classList.contains('done')) return;
  if (ucc) row.classList.add('passed');
  row.querySelector('span').textContent = ucc ? `not needed: ${from}` : 'no code, so no field';
}

function draw(entry) {
  if (seen.has(entry.id)) return;
  seen.add(entry.id);
  if (entry.station === 'delivered') return confirm(entry.message);
  if (isRepeated(entry)) return;
  const { row, line, more = [] } = DRAW[entry.station](entry);
  const station = entry.station === 'failed' ? 'message' : entry.station;
  const isBad = line[0].className === 'status bad';
  const time = make('time', { dateTime: entry.at }, new Date(entry.at).toLocaleTimeString('en-GB'));
  const item = make('li', { className: isBad ? 'bad' : '' }, make('p', {}, ...line), time, ...more);
  item.dataset.of = station;
  if (entry.body?.id) item.dataset.message = entry.body.id;
  log.append(item);
  if (confirmed.has(entry.body?.id)) confirm(entry.body.id);
  if (station === 'handler') passField(entry);
  markStation(station, row, isBad);
}

/** Draws what has just happened, brings it into view, and says it to who cannot see it. */
function tell(entry) {
  const isNew = !seen.has(entry.id);
  draw(entry);
  if (!isNew) return;
  find('.log').scrollTop = log.scrollHeight;
  if (entry.station in SAID) find('[data-said]').textContent = SAID[entry.station];
}

const before = [
  ...JSON.parse(sessionStorage.getItem('inspector') ?? '[]'),
  ...JSON.parse(document.querySelector('#inspector-walk').textContent),
];
for (const entry of before.sort((a, b) => (a.at < b.at ? -1 : 1))) draw(entry);
find('.log').scrollTop = log.scrollHeight;

document.addEventListener('inspector:entry', ({ detail }) => tell(detail));
const feed = new EventSource('/inspector/walk');
feed.addEventListener('message', ({ data }) => tell(JSON.parse(data)));
addEventListener('pagehide', () => feed.close());
addEventListener('pageshow', ({ persisted }) => persisted && location.reload()); // from the page cache: the feed is closed

panel.addEventListener('change', async ({ target }) => {
  if (target.name === 'mistake') return startOver(target.value, find('.open-link').getAttribute('href'));
  if (target.name !== 'cello-script') return;
  await fetch(`/inspector/script?mode=${target.value}`, { method: 'POST' });
  location.reload();
});

/** What the product's own inspector finds wrong on this page, in its own words. */
async function askInspector(mistake) {
  const { diagnose } = await import('/cello-companion.inspector.js');
  const { findings } = await diagnose(undefined, { probe: ['endpoint', 'policy'].includes(mistake) });
  const wrong = findings.filter(({ level }) => level === 'problem' || level === 'warning');
  const items = wrong.map(({ text, advice }) => make('li', {}, bold(text), ` ${advice ?? ''}`));
  find('.answer ul').replaceChildren(
    ...(items.length ? items : [make('li', {}, 'The inspector finds nothing wrong.')]),
  );
}

const { answer } = find('.answer').dataset;
if (answer !== 'none') addEventListener('load', () => void askInspector(answer));

/** Lets the walk begin again, with nothing left of it; with a mistake, if one is named. */
async function startOver(mistake, path) {
  await fetch(`/inspector/restart?mistake=${mistake}`, { method: 'POST' });
  sessionStorage.clear();
  localStorage.clear();
  location.assign(path);
}

find('[data-restart]').addEventListener('click', () => startOver('none', '/link'));

const toggle = find('.sheet-toggle');
toggle.addEventListener('click', () => {
  toggle.setAttribute('aria-expanded', String(panel.classList.toggle('open')));
  find('.log').scrollTop = log.scrollHeight;
});
