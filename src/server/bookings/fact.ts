/**
 * What a tool's webhook reports, as facts about a demo. Ids are prefixed with their tool: `calcom:bk-1`.
 */

/** The person who booked, as far as the tool reports it. */
export interface Guest {
  readonly email: string | null;
  readonly name: string | null;
  /** The booking's referral code. It came from a URL: the webhook proves the booking, not the code. */
  readonly ucc: string | null;
}

/** When the meeting takes place. */
export interface Slot {
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

/** Which of several guests of one event is meant. */
export interface Seated {
  readonly email: string | null;
  /** The guest's seat; `true` if the tool does not say which. Without one, the booking has one guest. */
  readonly seat: string | true;
}

/** One fact that a webhook reports. */
export type Fact =
  | ({
      /** `requested`: not confirmed or paid yet. It tells who asks and with which code, but not that there is a demo. */
      readonly is: 'booked' | 'requested';
      readonly id: string;
      readonly seat?: Seated['seat'];
      /** The recurring booking that it is part of. */
      readonly seriesId?: string;
    } & Guest &
      Slot)
  | ({ readonly is: 'moved'; readonly id: string; readonly previousId: string | null } & Partial<Seated> & Slot)
  | ({
      readonly is: 'cancelled';
      readonly id: string;
      /** Every later appointment of the recurring booking is cancelled, too. */
      readonly isRest?: boolean;
    } & Partial<Seated>)
  /** Without an address, everyone who booked is meant. */
  | { readonly is: 'missed'; readonly id: string; readonly isMissed: boolean; readonly email?: string | null }
  /** With a code, no booking need be known: these details about the person replace it. */
  | ({ readonly is: 'attended'; readonly id: string } & Guest)
  /** A form tool's response: a claim under an e-mail address that the tool confirms it received. */
  | { readonly is: 'response'; readonly ref: string; readonly email: string | null; readonly ucc: string };

/** The facts in a body: none if the event is not relevant; `null` if the body was not understood. */
export type Reading = readonly Fact[] | null;

/** The context for reading a body. */
export interface ReadingContext {
  /** The name of the field that carries the code in this tool. */
  readonly carrier: string;
}

/** A booking or form tool: how to verify its webhook, and how to read it. */
export interface Tool {
  /** The default field that carries the code. */
  readonly carrier: string;
  read(body: unknown, context: ReadingContext): Reading | Promise<Reading>;
}
