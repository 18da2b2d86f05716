/**
 * The shape of a vendor: what it recognizes, how the code goes in, how a booking is heard, what makes it unique, and
 * which origins it trusts. One file per vendor has all of it.
 */
import type { Kind } from '../../message.js';
import type { Guard, Log } from '../page/index.js';
import type { Carried, Put } from './carrier.js';

/** An attribute that a vendor's script reads before it makes a frame. */
export interface Source {
  readonly selector: string;
  readonly attribute: string;
  /** Puts the code into the attribute's value, `''` if it is missing. Default: into the query of an address. */
  readonly carry?: (value: string, put: Put) => Carried;
}

/** What a message says: something was booked or submitted. */
export interface Heard {
  /** The vendor's own id of it. */
  readonly ref?: string | null | undefined;
  /** What else makes it unique; without either, it is one message per frame. */
  readonly key?: string | null | undefined;
  /** What it says about the person, by meaning or by name. Only what the option `include` asks for is read. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Which form it was, where a frame does not say. */
  readonly form?: string;
}

/** What a vendor has to do besides frames, attributes and messages: most do nothing. */
export interface Joined {
  /** Something happened: a code was found or changed, a script loaded, an element came. Called often. */
  readonly check?: () => void;
  /** The form of a message, if it is on this page. Where this is given, a message need not come from a frame. */
  readonly locate?: (heard: Heard) => Element | null;
  /** Whether it reports this form's submissions itself, so that nothing else may. */
  readonly takes?: (form: Element) => boolean;
  readonly stop?: () => void;
}

/** What a vendor's own wiring may use. */
export interface Room {
  readonly guard: Guard;
  /** The code in the vendor's carrier for a widget; `null` if there is none, or the widget is to be left alone. */
  readonly getPut: (element: Element | null) => Put | null;
  /** The widget has the code, or why not. */
  readonly note: (element: Element | null, reason?: string | undefined) => void;
  /** Something was booked or submitted in a widget. */
  readonly tell: (heard: Heard, element: Element | null, source?: object | null) => void;
}

export interface Vendor {
  /** Its word in `data-embeds`, and `via` in the message. */
  readonly word: string;
  /** Default: `null`. */
  readonly kind?: Kind;
  /** The default carrier. Default: `ucc`. */
  readonly carrier?: string;
  /** How the carrier is spelled where it is put. Default: as it is. */
  readonly spell?: (carrier: string) => string;
  /** Its own origins. A frame from one of them is its widget. */
  readonly origins: RegExp;
  /** Its frames, by what is around them, if it has any. */
  readonly frames?: string;
  /** Whether a frame that is no vendor's is its widget. */
  readonly owns?: (frame: Element) => boolean;
  readonly sources?: readonly Source[];
  /** Puts the code into a frame's address; `null`: not by its address. Default: into the query. */
  readonly carry?: ((address: string, put: Put) => Carried) | null;
  /** Parses a message; `null` if it is no new booking or submission. May throw: messages have any shape. */
  readonly hear?: (data: unknown) => Heard | null;
  readonly join?: (room: Room) => Joined;
}

/** What carries the code where a vendor names nothing else. */
export const CARRIER = 'ucc';

/** The options of a vendor. */
export interface EmbedOptions {
  /** What carries the code: a parameter, a property or a hidden field, by the vendor's own name for it. */
  readonly carrier?: string | undefined;
  /** More origins to trust, e.g. `https://meet.example.com`. */
  readonly origins?: readonly string[] | undefined;
}

/** What a companion hands to its embeds. */
export interface Host {
  readonly include: readonly string[];
  readonly log: Log;
  readonly guard: Guard;
  /** The code as known now; `null` if there is none, or none that may be used. */
  readonly getUcc: () => string | null;
  /** Sends a message, unless there is no code or it may not; gives whether it was sent. */
  readonly tell: (told: Told) => boolean;
}

/** What is sent about a booking or a submission in a widget. */
export interface Told {
  readonly kind: Kind | null;
  readonly form: null;
  readonly via: string;
  readonly ref: string | null;
  readonly fields: Readonly<Record<string, string>>;
  /** The message's id; `undefined`: a new one. */
  readonly id: string | undefined;
}

/** What is known of a widget: it carries the code, or why not. */
export interface EmbedState {
  readonly embed: string;
  /** The widget's element, if it has one and it is still there. */
  readonly element: Element | null;
  readonly isCarried: boolean;
  /** Why not, or what else is in the way; `null`: nothing. */
  readonly reason: string | null;
}

/** The embeds of a page while they are watched. */
export interface Embeds {
  /** The code was found, has changed or is gone. */
  readonly refresh: () => void;
  /** Whether an embed reports this form's submissions, so that nothing else may. */
  readonly takes: (form: Element) => boolean;
  /** Every widget seen so far: whether it carries the code, or why not. */
  readonly list: () => readonly EmbedState[];
  readonly stop: () => void;
}

/** A vendor as the option `embeds` takes it: made by `calendly()` and its like. */
export interface Embed {
  readonly vendor: Vendor;
  readonly carrier: string;
  readonly origins: readonly string[];
  /** Watches all of them at once. */
  readonly watch: (all: readonly Embed[], host: Host) => Embeds;
}

/** The origin of an address; `''` if it has none. */
export function originOf(address: string, base?: string): string {
  try {
    const { origin } = new URL(address, base);
    return origin === 'null' ? '' : origin;
  } catch {
    return ''; // TypeError: not a URL
  }
}

/** An http(s) origin, with or without the slash at its end, as an event has it; `null` if it is anything else. */
export function readOrigin(text: unknown): string | null {
  const origin = typeof text === 'string' && /^https?:/i.test(text) ? originOf(text) : '';
  return origin && `${text}`.replace(/\/$/, '').toLowerCase() === origin ? origin : null;
}

/** Whether a text can name a carrier. */
export const isCarrier = (text: unknown): text is string =>
  typeof text === 'string' && /^[^\s&=#?,]{1,100}$/.test(text);
