/**
 * Frames of vendors: their addresses, and whether a person has begun to use them.
 */
import { attribute, fits, listen, read, write } from '../page/index.js';
import { carryInQuery } from './carrier.js';

export interface Frames {
  /** The address that a frame was given last, by the page or by us; `null` if it has none. */
  readonly addressOf: (frame: HTMLIFrameElement, isFresh: boolean) => string | null;
  /** Gives a frame another address, without a history entry; `false`: it did not, because the focus was in the frame. */
  readonly change: (frame: HTMLIFrameElement, address: string, isFresh: boolean) => boolean;
  readonly stop: () => void;
}

export const isFrame = (element: Element): element is HTMLIFrameElement => fits(element, 'iframe');

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
      else if (used.has(frame)) return false;
      else {
        const next = makeLoad(address, addressOf(frame, false));
        // Relative to this page, whose call it is.
        read(frame, 'contentWindow')?.location.replace(next);
        replaced.set(frame, [attribute(frame, 'src') ?? '', next]);
      }
      return true;
    },
    stop: unlisten,
  };
}
