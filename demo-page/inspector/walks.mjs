// The inspector's memory: what the server really recorded, visitor by visitor, and its live feed to the page.
// It belongs to the demo. Nothing of it is needed on a site.
import { randomUUID } from 'node:crypto';

/** Where Cello's own script may stand, for the controls in the inspector. */
export const SCRIPT_MODES = ['present', 'late', 'hanging', 'blocked', 'absent'];

/** What people get wrong when they set this up, for the same place. */
export const MISTAKES = ['none', 'attribute', 'endpoint', 'policy', 'consent'];

const COOKIE = 'inspector';
const ENTRIES_MAX = 200;

/** The visitor's id, their choice for Cello's script and the mistake they want to see, out of one cookie. */
export function readVisitor(cookieHeader) {
  const [, id, mode, mistake] = /(?:^|;\s*)inspector=([\w-]+)\.(\w+)\.(\w+)/.exec(cookieHeader ?? '') ?? [];
  return {
    id: id ?? null,
    mode: SCRIPT_MODES.includes(mode) ? mode : 'present',
    mistake: MISTAKES.includes(mistake) ? mistake : 'none',
  };
}

export const writeVisitor = ({ id, mode, mistake }) =>
  `${COOKIE}=${id ?? randomUUID()}.${mode}.${mistake}; Path=/; SameSite=Lax; HttpOnly; Max-Age=86400`;

export function createWalks() {
  const walks = new Map(); // by visitor
  const waiting = new Map(); // entries of a person whose visitor is not known yet
  const visitors = new Map(); // by the id of the person that a visitor became
  const streams = new Set();
  const open = (id) => {
    if (!walks.has(id)) walks.set(id, { entries: [], listeners: new Set() });
    return walks.get(id);
  };

  /** Adds an entry to a visitor's walk: `{ station: 'message' | 'handler' | 'cello', … }`. */
  function add(visitorId, entry) {
    if (!visitorId) return;
    const walk = open(visitorId);
    const whole = { id: randomUUID(), at: new Date().toISOString(), ...entry };
    walk.entries = [...walk.entries, whole].slice(-ENTRIES_MAX);
    for (const listen of walk.listeners) listen(whole);
  }

  return {
    add,
    /** Everybody's entries. */
    entries: () => [...walks.values()].flatMap(({ entries }) => entries),
    list: (visitorId) => open(visitorId).entries,
    clear: (visitorId) => {
      open(visitorId).entries = [];
    },
    /** Whose walk it is, once a person is known: an event to Cello names the person only. */
    own(personId, visitorId) {
      visitors.set(personId, visitorId);
      for (const entry of waiting.get(personId) ?? []) add(visitorId, entry);
      waiting.delete(personId);
    },
    addForPerson(personId, entry) {
      if (visitors.has(personId)) add(visitors.get(personId), entry);
      else waiting.set(personId, [...(waiting.get(personId) ?? []), { at: new Date().toISOString(), ...entry }]);
    },
    /** Streams a walk as server-sent events: what was, then what comes. */
    stream(visitorId, response) {
      const walk = open(visitorId);
      const send = (entry) => response.write(`data: ${JSON.stringify(entry)}\n\n`);
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        Connection: 'close', // when it ends, the server may end
      });
      response.write('retry: 1000\n\n');
      walk.entries.forEach(send);
      walk.listeners.add(send);
      streams.add(response);
      response.on('close', () => {
        walk.listeners.delete(send);
        streams.delete(response);
      });
    },
    /** Ends all streams. */
    stop: () => {
      for (const stream of streams) stream.end();
    },
  };
}
