/**
 * The guests of an event that several people book: a webinar, a group demo. Each has a booking of their own; the event's
 * record knows which.
 */
import { digestKey } from '../referrals/index.js';
import { parseList, parseRecord, parseText } from './kept.js';

/** A guest's booking, and the seats they took. */
export interface Member {
  /** The id of the guest's booking. */
  readonly id: string;
  /** Who it is, as `digestGuest` says. */
  readonly guest: string | null;
  readonly seats: readonly string[];
}

/** The guests of an event. */
export interface Party {
  readonly members: readonly Member[];
  /** Cancelled seats, also those whose guest is not known yet. */
  readonly cancelledSeats: readonly string[];
}

/** Who is meant, as far as a tool says. */
export interface Meant {
  readonly guest: string | null;
  /** The tool's id of the guest's seat. */
  readonly seat: string | null;
}

const NO_PARTY: Party = { members: [], cancelledSeats: [] };

/** Recognizes a guest by their address, without keeping it. */
export const digestGuest = async (email: string | null | undefined): Promise<string | null> =>
  email ? (await digestKey(email)).slice(0, 16) : null;

/** Finds a guest: by the seat, else by the address. */
export function findMember(party: Party | null, { guest, seat }: Meant): Member | undefined {
  const { members } = party ?? NO_PARTY;
  return (
    members.find(({ seats }) => seat !== null && seats.includes(seat)) ??
    members.find((one) => guest !== null && one.guest === guest)
  );
}

const unite = (...lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())];

/** Adds a guest's booking, or what is new about it. */
export function addMember(party: Party | null, id: string, { guest, seat }: Meant): Party {
  const { members, cancelledSeats } = party ?? NO_PARTY;
  const standing = members.find((one) => one.id === id);
  const seats = unite(standing?.seats ?? [], seat === null ? [] : [seat]);
  const member = { id, guest: standing?.guest ?? guest, seats };
  return { members: [...members.filter((one) => one !== standing), member], cancelledSeats };
}

/** Cancels a seat. */
export const cancelSeat = (party: Party | null, seat: string | null): Party => {
  const { members, cancelledSeats } = party ?? NO_PARTY;
  return { members, cancelledSeats: unite(cancelledSeats, seat === null ? [] : [seat]) };
};

/** Merges the guests of two events that turn out to be one. */
export function joinParties(first: Party | null, second: Party | null): Party | null {
  if (!first || !second) return first ?? second;
  const others = second.members.filter(({ id }) => !first.members.some((one) => one.id === id));
  return {
    members: [...first.members, ...others],
    cancelledSeats: unite(first.cancelledSeats, second.cancelledSeats),
  };
}

const parseTexts = (value: unknown): readonly string[] => parseList(value).flatMap((one) => parseText(one) ?? []);

const parseMember = (value: unknown): readonly Member[] => {
  const fields = parseRecord(value);
  const id = parseText(fields['id']);
  return id === null ? [] : [{ id, guest: parseText(fields['guest']), seats: parseTexts(fields['seats']) }];
};

/** Parses a stored party. */
export function parseParty(value: unknown): Party | null {
  if (value === undefined || value === null) return null;
  const fields = parseRecord(value);
  return {
    members: parseList(fields['members']).flatMap(parseMember),
    cancelledSeats: parseTexts(fields['cancelledSeats']),
  };
}
