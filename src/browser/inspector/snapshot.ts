/**
 * What the inspector knows about a page at one moment: plain data, so that it can be judged in Node, shown in a panel and
 * printed as JSON. It holds no value that a visitor entered.
 */
import type { Kind, Source } from '../../message.js';
import type { Consent } from '../consent.js';
import type { Eligibility } from '../forms/index.js';
import type { Settings } from '../options.js';

/** A notice about an attribute of our tag, in words. */
export interface Notice {
  readonly level: 'warning' | 'note';
  readonly text: string;
}

/** Our script tag, as far as it can be recognized. */
export interface TagState {
  readonly src: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Attributes that are unknown, with the nearest that is not, and values that are refused. */
  readonly notices: readonly Notice[];
}

/** What one source of a code says. */
export interface SourceState {
  readonly source: Source;
  readonly ucc: string | null;
  /** Why it does not count, or what else there is to know; `null`: nothing. */
  readonly note: string | null;
}

/** A tag of Cello's. */
export interface CelloTag {
  readonly src: string;
  /** `wrong`: a name under which Cello serves nothing. `widget`: Cello's script for users who are logged in. */
  readonly file: 'attribution' | 'wrong' | 'widget';
  readonly isSandbox: boolean;
  /** The HTTP status, if the browser tells; 0 if not. */
  readonly status: number;
  /** When it had loaded, in ms after the page was opened; `null` if it has not, or the browser does not tell. */
  readonly loadedMs: number | null;
}

/** Cello's own script on this page. */
export interface CelloState {
  readonly tags: readonly CelloTag[];
  /** `off`: not asked, because consent is denied. `waiting`: no answer yet. */
  readonly answer: 'off' | 'waiting' | 'code' | 'none' | 'error';
  /** When it answered the inspector, in ms after the page was opened. */
  readonly answeredMs: number | null;
  /** Whether `window.CelloAttribution` is a function: Cello's script, or its stub. */
  readonly isThere: boolean;
}

export interface CookieState {
  /** Whether the browser lets this page have cookies at all. */
  readonly isEnabled: boolean;
  /** How many cookies of our name the page sees: more than one if the host and the domain each have one. */
  readonly count: number;
  readonly ucc: string | null;
  /** When the code was found: RFC 3339, UTC. */
  readonly at: string | null;
  /** The domain, as far as it is known; `null`: this host alone, or not known yet. */
  readonly domain: string | null;
  /** How many codes it remembers as forgotten. */
  readonly forgotten: number;
}

/** A field for the code, in a form. */
export interface FieldState {
  readonly name: string;
  readonly type: string;
  readonly isOurs: boolean;
  readonly holds: 'code' | 'something else' | 'nothing';
}

export interface FormState {
  /** How to recognize it: `#signup`, or `form 2`. */
  readonly name: string;
  readonly kind: Kind | null;
  /** Whether it gets the field and whether its submission is told, with reasons; `null`: it is out of our reach. */
  readonly answers: Eligibility | null;
  /** Where it posts to: a path, or a host and a path; `null`: a script handles it. */
  readonly target: string | null;
  readonly fields: readonly FieldState[];
  /** Whether the page reports it by hand: `attach(form, { send: false })`. */
  readonly isSilent: boolean;
  /** Of the words in the option `include`: those that it has a field for, and those that it has not. */
  readonly included: readonly string[];
  readonly missing: readonly string[];
  /** Whether it has a field for an e-mail address, included or not. */
  readonly hasEmail: boolean;
}

/** A frame that we see from outside only. */
export interface FrameState {
  /** Its host, or what stands in its place. */
  readonly host: string;
  readonly why: 'another origin' | 'sandboxed' | 'its own companion';
}

/** A vendor's widget. */
export interface EmbedState {
  readonly embed: string;
  readonly isCarried: boolean;
  /** Why not, or what else is in the way. */
  readonly reason: string | null;
}

export interface MessageState {
  readonly id: string;
  readonly type: string;
  /** `waiting`: it will be tried again. `lost`: given up, or refused. */
  readonly state: 'arrived' | 'waiting' | 'lost';
  /** Why the last attempt failed; `null`: it did not, or has not ended. */
  readonly answer: string | null;
  readonly tries: number;
  /** The path of the page that sent it, if it is known. */
  readonly page: string | null;
}

/** What the endpoint said to a message that means nothing. */
export interface ProbeState {
  readonly is:
    | 'endpoint'
    | 'accepts'
    | 'origin refused'
    | 'redirect'
    | 'web page'
    | 'not found'
    | 'no post'
    | 'blocked'
    | 'failing'
    | 'policy'
    | 'no cors'
    | 'unreachable';
  /** The HTTP status; 0 if the browser does not tell. */
  readonly status: number;
}

export interface Snapshot {
  /** Of the inspector, and of the script beside it. */
  readonly version: string;
  readonly page: {
    readonly host: string;
    /** Without query and fragment, which may say who the visitor is. */
    readonly path: string;
    readonly isComplete: boolean;
    /** ms since the page was opened. */
    readonly ageMs: number;
    /** Global Privacy Control. */
    readonly isPrivacyAsked: boolean;
    /** Custom elements without an open shadow root: they may hold forms in a closed one. */
    readonly closed: readonly string[];
    /** Fields for the code outside any form. */
    readonly looseFields: number;
    /** Hosts to which links on the page lead. */
    readonly linkHosts: readonly string[];
    /** How many forms the selector of the option `forms` matches; `null`: it is none. */
    readonly selected: number | null;
  };
  /** `inert`: it runs and can do nothing here. `other`: of a version that this inspector does not know. */
  readonly companion: 'running' | 'inert' | 'other' | 'absent';
  /** Our tags; none if the page uses npm. */
  readonly tags: readonly TagState[];
  readonly settings: Settings | null;
  readonly code: { readonly ucc: string; readonly source: Source } | null;
  readonly sources: readonly SourceState[];
  readonly consent: { readonly state: Consent; readonly by: 'setConsent' | 'option' | 'privacy control' | 'default' };
  readonly cello: CelloState;
  readonly cookie: CookieState;
  readonly forms: readonly FormState[];
  readonly frames: readonly FrameState[];
  readonly embeds: readonly EmbedState[];
  readonly messages: readonly MessageState[];
  /** `null`: not asked. */
  readonly probe: ProbeState | null;
  /** What the companion warned of on the console. */
  readonly warnings: readonly string[];
}
