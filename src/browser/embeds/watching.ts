/**
 * Watches a page's widgets: the code goes in, and bookings are heard. The only file that knows all parts of the room.
 */
import { fits, isElement, listen } from '../page/index.js';
import { createBookings } from './bookings.js';
import { carryInQuery, type Put } from './carrier.js';
import { createFrames, isFrame } from './frames.js';
import { createHearing } from './hearing.js';
import { createMarks, type Marks } from './marks.js';
import { createObserving } from './observing.js';
import { createRecognizer, type Recognize } from './recognizing.js';
import { createSources } from './sources.js';
import { createStates, type States } from './states.js';
import type { Embed, Embeds, Heard, Host, Joined, Room } from './vendor.js';

/** The code in the carrier of an embed, unless the element is to be left alone; and all the codes that were put anywhere. */
function createPuts(host: Host, marks: Marks) {
  const ours = new Set<string>();
  return ({ vendor, carrier }: Embed, element: Element | null): Put | null => {
    const ucc = host.getUcc();
    if (!ucc || marks.of(element) === 'off') return null;
    ours.add(ucc);
    return { carrier: vendor.spell?.(carrier) ?? carrier, ucc, isOurs: (value) => ours.has(value) };
  };
}

/** What the parts of this file share. */
interface Parts {
  readonly all: readonly Embed[];
  readonly marks: Marks;
  readonly recognize: Recognize;
  readonly getPut: (embed: Embed, element: Element | null) => Put | null;
  readonly states: States;
}

const USED = 'used before the code was known';

/** A frame whose messages come from the origin `null`, as everybody's do that is in such a sandbox. */
const isAnonymous = (frame: Element): boolean => fits(frame, '[sandbox]:not([sandbox~=allow-same-origin i])');
const ANONYMOUS = 'not heard: its sandbox lacks allow-same-origin';

/** Puts the code into frames and into the attributes from which they are made. */
function createCarrying({ all, marks, recognize, getPut, states }: Parts) {
  const frames = createFrames();
  const sources = createSources();
  /** Whether the element in which its vendor made this frame is known to carry the code: it is the same widget. */
  const isTold = ({ parentElement: around }: Element): boolean =>
    !!around && (states.isCarried(around) || isTold(around));
  const serveFrame = (frame: HTMLIFrameElement, isFresh: boolean) => {
    const embed = recognize(frame);
    const address = embed && frames.addressOf(frame, isFresh);
    if (!embed || !address) return;
    if (isFresh) marks.inherit(frame);
    const { carry = carryInQuery, hear } = embed.vendor;
    const put = carry && getPut(embed, frame);
    if (!put) return;
    const { text, reason } = carry(address, put);
    const isDone = text === address || frames.change(frame, text, isFresh);
    const why = isDone ? reason : USED;
    const other = hear && isAnonymous(frame) ? ANONYMOUS : undefined;
    if (why || other || !isTold(frame)) states.note(embed, frame, put.ucc, why || other, !why);
  };
  const serveSources = (element: Element) => {
    for (const embed of all)
      for (const source of embed.vendor.sources ?? []) {
        const put = fits(element, source.selector) && getPut(embed, element);
        const carried = put && sources.put(element, source, put);
        if (put && carried) states.note(embed, element, put.ucc, carried.reason);
      }
  };
  return {
    serve(element: Element, isFresh: boolean) {
      serveSources(element);
      if (isFrame(element)) serveFrame(element, isFresh);
    },
    restore: sources.restore,
    stop() {
      frames.stop();
      sources.restore();
    },
  };
}

/**
 * Watches the widgets of a page.
 *
 * @param all - The vendors, each once.
 */
export function watchEmbeds(all: readonly Embed[], host: Host): Embeds {
  const { guard, log } = host;
  const marks = createMarks();
  const states = createStates(log);
  const parts: Parts = { all, marks, states, recognize: createRecognizer(all), getPut: createPuts(host, marks) };
  const bookings = createBookings(host);
  const tell = (embed: Embed, heard: Heard, element: Element | null, source: object | null = element) => {
    const mark = marks.of(element);
    if (mark === 'off') return;
    bookings.tell(embed, heard, mark === 'signup' || mark === 'demo' ? mark : (embed.vendor.kind ?? null), source);
  };
  const joined = new Map(all.flatMap((embed) => createJoined(embed, parts, guard, tell)));
  const carrying = createCarrying(parts);
  const check = () => {
    if (host.getUcc()) for (const { check: one } of joined.values()) guard(() => one?.())(null);
  };
  const observing = createObserving(all, guard, (element, isFresh) => {
    carrying.serve(element, isFresh);
    if (isFresh && fits(element, 'form')) check();
  });
  const refresh = () => {
    if (!host.getUcc()) {
      observing.stop();
      return carrying.restore();
    }
    observing.look();
    check();
  };
  const hear = createHearing({ ...parts, joined, tell });
  const undos = [
    listen(
      window,
      ['load', 'DOMContentLoaded', 'pageshow', 'pointerdown', 'submit'],
      // A moment of the page, or of an element on it.
      guard(({ target }) => (isElement(target) ? check : refresh)()),
    ),
    listen(
      window,
      ['click'],
      guard((event) => marks.click(event.composedPath()[0] ?? null)),
    ),
    listen(window, ['message'], (event) => {
      try {
        hear(event);
      } catch {
        // Somebody else's message, of a shape that nobody documents.
      }
    }),
    carrying.stop,
    observing.stop,
    ...[...joined.values()].flatMap(({ stop }) => stop ?? []),
  ];
  return {
    refresh,
    takes: (form) => [...joined.values()].map(({ takes }) => !!takes?.(form)).includes(true),
    list: states.list,
    stop() {
      for (const undo of undos) guard(undo)(null);
    },
  };
}

/** A vendor's own wiring, if it has any. */
function createJoined(
  embed: Embed,
  { states, getPut }: Parts,
  guard: Host['guard'],
  tell: (embed: Embed, heard: Heard, element: Element | null, source?: object | null) => void,
): (readonly [Embed, Joined])[] {
  const { join } = embed.vendor;
  if (!join) return [];
  const room: Room = {
    guard,
    getPut: (element) => getPut(embed, element),
    note: (element, reason) => states.note(embed, element, getPut(embed, element)?.ucc ?? '', reason),
    tell: (heard, element, source) => tell(embed, heard, element, source),
  };
  return [[embed, join(room)]];
}
