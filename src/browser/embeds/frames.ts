/**
 * Frames of vendors: their addresses, and whether a person has begun to use them.
 */
import { attribute, findAll, fits, listen, read, write } from '../page/index.js';
import { carryInQuery } from './carrier.js';

/** How a frame's address was changed; `used`: it was not, because the focus was in it. */
export type Change = 'done' | 'used';

export interface Frames {
  /** The address that a frame was given last, by the page or by us; `null` if it has none. */
  readonly addressOf: (frame: HTMLIFrameElement, isFresh: boolean) => string | null;
  /** Gives a frame another address, without a history entry, and never if the focus ever was in it. */
  readonly change: (frame: HTMLIFrameElement, address: string, isFresh: boolean) => Change;
  readonly stop: () => void;
}

export const isFrame = (element: Element): element is HTMLIFrameElement => fits(element, 'iframe');

/** The page's frame whose window this is. */
export const findFrame = (source: unknown): HTMLIFrameElement | null =>
  source
    ? (findAll(document, 'iframe')
        .filter(isFrame)
        .find((frame) => read(frame, 'contentWindow') === source) ?? null)
    : null;

/** The element with the focus, in whichever open shadow tree. */
function findFocused(): Element | null {
  let element = read(document, 'activeElement');
  for (let root = element?.shadowRoot; root?.activeElement; root = element?.shadowRoot) element = root.activeElement;
  return element;
}

const withoutFragment = (address: string): string => address.replace(/#.*/s, '');

/** Whether a lazy frame has not begun to load: it has a document of ours, and WebKit logs an error if it has not. */
const isWaiting = (frame: HTMLIFrameElement): boolean =>
  fits(frame, '[loading=lazy i]') && !!read(frame, 'contentDocument');

export function createFrames(): Frames {
  let count = 0;
  /** A frame whose fragment alone is new does not load again: its query says so, too. */
  const makeLoad = (address: string, before: string | null): string =>
    withoutFragment(address) === withoutFragment(before ?? '')
      ? carryInQuery(address, { carrier: 'cello-companion', ucc: `${++count}`, isOurs: () => true }).text
      : address;
  const used = new WeakSet<Element>();
  /** What the attribute said when we replaced the address, and with what. */
  const replaced = new WeakMap<Element, readonly [src: string, address: string]>();
  // As the focus enters a frame of another site, the window loses it; as it leaves, the window gets it back.
  const note = () => {
    const focused = findFocused();
    if (focused && isFrame(focused)) used.add(focused);
  };
  note();
  const unlisten = listen(window, ['blur', 'focus', 'focusin', 'focusout'], note);
  const addressOf = (frame: Element, isFresh: boolean) => {
    const src = attribute(frame, 'src');
    const [before, address] = replaced.get(frame) ?? [];
    if (isFresh) replaced.delete(frame);
    return !isFresh && address && before === src ? address : src;
  };
  return {
    addressOf,
    change(frame, address, isFresh) {
      note();
      // A frame that comes or gets another address loads anyway.
      if (isFresh || isWaiting(frame)) write(frame, 'src', address);
      else if (used.has(frame)) return 'used';
      else {
        const next = makeLoad(address, addressOf(frame, false));
        read(frame, 'contentWindow')?.location.replace(new URL(next, read(document, 'baseURI')).href);
        replaced.set(frame, [attribute(frame, 'src') ?? '', next]);
      }
      return 'done';
    },
    stop: unlisten,
  };
}
