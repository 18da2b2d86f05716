/**
 * What all stand-ins of vendors' widgets have in common. Each is written from what the vendor documents, or, where it
 * documents nothing, from what independent sites read (docs/embeds.md says which); none has a line of the vendor's code.
 */

/** A widget whose calendar or form stands in a frame of the vendor's. */
export interface FrameWidget {
  /** Its word in `data-embeds`. */
  readonly word: string;
  /** Where the vendor serves the frame. */
  readonly origin: string;
  /** The element and the vendor's script, as the vendor tells a site to write them. */
  readonly html: (origin: string) => string;
  /** The code in the frame's address. */
  readonly codeIn: (address: URL) => string | null;
  /** What the frame says about a new booking or response, by as many paths as the vendor has. */
  readonly booked: (id: string) => readonly unknown[];
  /** What it says that is none. */
  readonly silent: readonly unknown[];
  /** What the endpoint must hear of it. */
  readonly told: (id: string) => { readonly kind: string | null; readonly ref?: string };
  /** A carrier that the site uses already: its own parameter in the widget's address. */
  readonly taken?: string;
}

/** Messages that any script or frame may send, and that mean nothing. */
export const HOSTILE: readonly unknown[] = [
  null,
  0,
  42,
  true,
  '',
  'x'.repeat(300_000),
  '{"event":"Tally.FormSubmitted","payload":',
  `{"event":"Tally.FormSubmitted","payload":${'['.repeat(20_000)}`,
  [],
  [null],
  {},
  { type: null, event: {}, action: 7, fullType: [], data: null },
  { type: 'hsFormCallback', eventName: 'onFormSubmitted', id: 'unknown', data: { submissionValues: 3 } },
];
