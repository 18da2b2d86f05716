/**
 * What a tool's webhook says, in the words of a demo's life. Ids carry their tool: `calcom:bk-1`.
 */

/** The person who booked, as far as the tool says it. */
export interface Guest {
  readonly email: string | null;
  readonly name: string | null;
  /** The referral code that the booking carries. It came from an address: the webhook proves the booking, not the code. */
  readonly ucc: string | null;
}

/** When the meeting takes place. */
export interface Slot {
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

/** One thing that a webhook says. */
export type Fact =
  | ({ readonly is: 'booked'; readonly id: string } & Guest & Slot)
  | ({ readonly is: 'moved'; readonly id: string; readonly previousId: string | null } & Slot)
  | { readonly is: 'cancelled'; readonly id: string }
  | { readonly is: 'missed'; readonly id: string; readonly isMissed: boolean }
  /** With a code, no booking need be known: what it says of the person counts as one. */
  | ({ readonly is: 'attended'; readonly id: string } & Guest)
  /** A form tool's response: a claim under an e-mail address that the tool vouches for having received. */
  | { readonly is: 'response'; readonly ref: string; readonly email: string | null; readonly ucc: string };

/**
 * What a body comes to: its facts, none where the tool says something that is not for us; `null` if nobody understands
 * it.
 */
export type Reading = readonly Fact[] | null;

/** What a tool is read with. */
export interface ReadingContext {
  /** The name under which the code travels in this tool. */
  readonly carrier: string;
}

/** A booking or form tool: how its webhook is proven, and what it says. */
export interface Tool {
  /** Where the code travels if nobody says otherwise. */
  readonly carrier: string;
  read(body: unknown, context: ReadingContext): Reading | Promise<Reading>;
}
