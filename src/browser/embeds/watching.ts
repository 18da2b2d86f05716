/**
 * Watches a page's widgets: the code goes in, and bookings are heard. The only file that knows all parts of the room.
 */
import { attribute, findAll, fits, isElement, listen, read } from '../page/index.js';
import { createBookings } from './bookings.js';
import { carryInQuery, type Put, sayTaken } from './carrier.js';
import { createFrames, findFrame, isFrame } from './frames.js';
import { createSources } from './sources.js';
import { createStates, type States } from './states.js';
import { type Embed, type Embeds, type Heard, type Host, type Joined, originOf, type Room } from './vendor.js';

const MARKED = ['signup', 'demo', 'off'].map((mark) => `[data-cello-companion="${mark}" i]`).join();

const closest = (element: Element, selector: string): Element | null =>
  Element.prototype.closest.call(element, selector);

/** Marks: on the widget, around it, or around what was clicked to open it elsewhere on the page. */
function createMarks() {
  const inherited = new WeakMap<Element, string>();
  const markAround = (element: Element): string => {
    const marked = closest(element, MARKED);
    return (marked && attribute(marked, 'data-cello-companion')?.toLowerCase()) ?? '';
  };
  let clicked = '';
  return {
    of: (element: Element | null) => (element ? markAround(element) || inherited.get(element) || '' : ''),
    click(target: EventTarget | null) {
      clicked = isElement(target) ? markAround(target) : '';
    },
    inherit(frame: Element) {
      if (clicked && !inherited.has(frame)) inherited.set(frame, clicked);
    },
  };
}
type Marks = ReturnType<typeof createMarks>;

/** The origin that the page gave to a frame. */
const originOfFrame = (frame: Element): string => originOf(attribute(frame, 'src') ?? '', read(document, 'baseURI'));

/** Whose widget a frame is, by what is around it or by where it comes from. */
const createRecognizer = (all: readonly Embed[]) => {
  // A marked frame of a vendor is the vendor's.
  const ordered = [...all].sort((a, b) => Number(a.vendor.word === 'frame') - Number(b.vendor.word === 'frame'));
  return (frame: Element): Embed | undefined => {
    const origin = originOfFrame(frame);
    if (!origin || fits(frame, '[srcdoc]')) return undefined;
    const candidates = ordered.filter(({ vendor }) => vendor.frames);
    const named = candidates.filter(({ origins }) => origins.includes(origin));
    return (
      candidates.find(({ vendor }) => vendor.origins.test(origin)) ??
      candidates.find(({ vendor }) => fits(frame, vendor.frames)) ??
      // An origin that counts for every vendor says nothing about a frame.
      (named.length === 1 ? named[0] : undefined)
    );
  };
};
type Recognize = ReturnType<typeof createRecognizer>;

/** The code in the carrier of an embed, and all the codes that were put anywhere. */
function createPuts(host: Host) {
  const ours = new Set<string>();
  return ({ vendor, carrier }: Embed): Put | null => {
    const ucc = host.getUcc();
    if (!ucc) return null;
    ours.add(ucc);
    return { carrier: vendor.spell?.(carrier) ?? carrier, ucc, isOurs: (value) => ours.has(value) };
  };
}

/** What the parts of this file share. */
interface Parts {
  readonly all: readonly Embed[];
  readonly marks: Marks;
  readonly recognize: Recognize;
  readonly getPut: (embed: Embed) => Put | null;
  readonly states: States;
}

const USED = 'used before the code was known';

/** Puts the code into frames and into the attributes from which they are made. */
function createCarrying({ all, marks, recognize, getPut, states }: Parts) {
  const frames = createFrames();
  const sources = createSources();
  /** Whether the element in which its vendor made this frame is known to carry the code: it is the same widget. */
  const isTold = (frame: Element): boolean =>
    states.list().some(({ element, reason }) => reason === null && element !== frame && element?.contains(frame));
  const serveFrame = (frame: HTMLIFrameElement, isFresh: boolean) => {
    const embed = recognize(frame);
    const address = embed && frames.addressOf(frame, isFresh);
    if (!embed || !address) return;
    if (isFresh) marks.inherit(frame);
    const { carry = carryInQuery, word } = embed.vendor;
    const put = marks.of(frame) === 'off' || !carry ? null : getPut(embed);
    if (!put || !carry) return;
    const { text, isTaken } = carry(address, put);
    const isUsed = text !== address && frames.change(frame, text, isFresh) === 'used';
    if (isUsed) states.failed(word, frame, USED);
    else if (isTaken) states.failed(word, frame, sayTaken(put));
    else if (!isTold(frame)) states.carried(word, frame, put.ucc);
  };
  const serveSources = (element: Element) => {
    for (const embed of all)
      for (const source of embed.vendor.sources ?? []) {
        if (!fits(element, source.selector) || marks.of(element) === 'off') continue;
        const put = getPut(embed);
        const placed = put && sources.put(element, source, put);
        if (put && placed === 'taken') states.failed(embed.vendor.word, element, sayTaken(put));
        if (put && placed === 'carried') states.carried(embed.vendor.word, element, put.ucc);
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

/** Calls back for each element that may be a widget, as it comes or changes. */
function createObserver(all: readonly Embed[], guard: Host['guard'], onElement: (element: Element) => void) {
  const sources = all.flatMap(({ vendor }) => vendor.sources ?? []);
  const selector = ['iframe', ...sources.map((source) => source.selector)].join();
  const observer = new MutationObserver(
    guard((records: readonly MutationRecord[]) => {
      for (const { type, target, addedNodes } of records)
        for (const node of type === 'attributes' ? [target] : addedNodes)
          if (isElement(node)) for (const element of within(node)) onElement(element);
    }),
  );
  const within = (node: Element): Element[] => [
    ...(fits(node, `${selector},form`) ? [node] : []),
    ...findAll(node, `${selector},form`),
  ];
  return {
    observe: () =>
      observer.observe(document, {
        childList: true,
        subtree: true,
        attributeFilter: ['src', 'data-cal-link', ...sources.map((source) => source.attribute)],
      }),
    stop: () => observer.disconnect(),
    selector,
  };
}

/** Believes a message from an allowed origin, or from the origin of the widget that sent it. */
function createHearing(
  { all, marks, recognize }: Parts,
  joined: ReadonlyMap<Embed, Joined>,
  tell: (embed: Embed, heard: Heard, element: Element | null, source: object | null) => void,
) {
  /** Whether a message comes from a widget, as far as the page's widgets are known. */
  const isFromWidget = (embed: Embed, frame: Element | null): boolean => {
    const owner = frame && recognize(frame);
    return owner ? owner === embed : !findAll(document, 'iframe').some((one) => recognize(one) === embed);
  };
  const isTrusted = (embed: Embed, origin: string, frame: Element | null): boolean =>
    embed.vendor.origins.test(origin) ||
    embed.origins.includes(origin) ||
    (!!frame && recognize(frame) === embed && originOfFrame(frame) === origin);
  return (event: Event) => {
    const origin = `${Reflect.get(event, 'origin')}`;
    const source: object | null = Reflect.get(event, 'source');
    const frame = findFrame(source);
    for (const embed of all) {
      const locate = joined.get(embed)?.locate;
      if (!isTrusted(embed, origin, frame) && !(locate && origin === location.origin)) continue;
      const heard = embed.vendor.hear?.(Reflect.get(event, 'data'));
      const element = heard && locate ? locate(heard) : frame;
      if (!heard || (locate ? !element : !isFromWidget(embed, frame)) || marks.of(element) === 'off') continue;
      tell(embed, heard, element, locate ? element : source);
    }
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
  const parts: Parts = { all, marks, states, recognize: createRecognizer(all), getPut: createPuts(host) };
  const bookings = createBookings(host);
  const tell = (embed: Embed, heard: Heard, element: Element | null, source: object | null = element) => {
    const mark = marks.of(element);
    if (mark === 'off') return;
    bookings.tell(embed, heard, mark === 'signup' || mark === 'demo' ? mark : embed.vendor.kind, source);
  };
  const joined = new Map(all.flatMap((embed) => createJoined(embed, parts, guard, tell)));
  const carrying = createCarrying(parts);
  const check = () => {
    if (host.getUcc()) for (const { check: one } of joined.values()) guard(() => one?.())(null);
  };
  const observer = createObserver(all, guard, (element) => {
    if (fits(element, 'form')) check();
    else guard((one: Element) => carrying.serve(one, true))(element);
  });
  const hear = createHearing(parts, joined, tell);
  const undos = [
    listen(window, ['load', 'DOMContentLoaded', 'pageshow', 'pointerdown', 'submit'], check),
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
    observer.stop,
    ...[...joined.values()].flatMap(({ stop }) => stop ?? []),
  ];
  return {
    refresh() {
      if (!host.getUcc()) {
        observer.stop();
        return carrying.restore();
      }
      observer.observe();
      for (const element of findAll(document, observer.selector))
        guard((one: Element) => carrying.serve(one, false))(element);
      check();
    },
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
  { marks, states, getPut }: Parts,
  guard: Host['guard'],
  tell: (embed: Embed, heard: Heard, element: Element | null, source?: object | null) => void,
): (readonly [Embed, Joined])[] {
  const { word, join } = embed.vendor;
  if (!join) return [];
  const room: Room = {
    guard,
    getPut: () => getPut(embed),
    isOff: (element) => marks.of(element) === 'off',
    carried(element) {
      const ucc = getPut(embed)?.ucc;
      if (ucc) states.carried(word, element, ucc);
    },
    failed: (element, reason) => states.failed(word, element, reason),
    tell: (heard, element, source = element) => tell(embed, heard, element, source),
  };
  return [[embed, join(room)]];
}
