/**
 * Reads a meeting and its contact from HubSpot's CRM: https://developers.hubspot.com/docs/api-reference/crm-meetings-v3/guide
 */
import type { Guest, Slot } from './fact.js';
import { emailAt, listAt, textAt, timeAt, uccAt } from './json.js';

/** How to reach the CRM. */
export interface HubspotOptions {
  /** A private app's token with the scope `crm.objects.contacts.read`. */
  readonly token: string;
  /** Default: `https://api.hubapi.com`. */
  readonly baseUrl?: string | undefined;
  /** Default: the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

export interface Meeting extends Slot {
  readonly guest: Guest;
}

export interface HubspotClient {
  /**
   * Reads a meeting with the first contact that has a code, otherwise its first contact.
   *
   * @param carrier - The contact property that holds the code.
   * @returns `null` if there is no such meeting.
   * @throws {Error} If HubSpot does not respond, or refuses.
   */
  read(meetingId: string, carrier: string): Promise<Meeting | null>;
}

/** HubSpot waits 5 s for our response, so reading a meeting and its contacts must fit into that. */
const TIMEOUT_MS = 4000;

/** The most contacts to read per meeting: each costs a request. */
const CONTACTS_MAX = 5;

const NOBODY: Guest = { email: null, name: null, ucc: null };

function readGuest(contact: unknown, carrier: string): Guest {
  const names = [textAt(contact, 'properties', 'firstname'), textAt(contact, 'properties', 'lastname')];
  return {
    email: emailAt(contact, 'properties', 'email'),
    name: names.filter(Boolean).join(' ') || null,
    ucc: uccAt(contact, 'properties', carrier),
  };
}

/** Creates a client. It makes no request before the first `read`. */
export function createHubspotClient({
  token,
  baseUrl = 'https://api.hubapi.com',
  fetch: send = fetch,
}: HubspotOptions): HubspotClient {
  const request = async (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => {
    const response = await send(`${baseUrl}/crm/v3/objects/${path}?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      signal,
    });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`HubSpot answered ${response.status} to a read of ${path.split('/')[0]}`);
    const body: unknown = await response.json();
    return body;
  };
  return {
    async read(meetingId, carrier) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const properties = 'hs_meeting_start_time,hs_meeting_end_time';
      const path = `meetings/${encodeURIComponent(meetingId)}`;
      const meeting = await request(path, { associations: 'contacts', properties }, signal);
      if (meeting === null) return null;
      const ids = listAt(meeting, 'associations', 'contacts', 'results').flatMap((one) => textAt(one, 'id') ?? []);
      const wanted = { properties: `email,firstname,lastname,${carrier}` };
      const contacts = await Promise.all(
        [...new Set(ids)]
          .slice(0, CONTACTS_MAX)
          .map((id) => request(`contacts/${encodeURIComponent(id)}`, wanted, signal)),
      );
      const guests = contacts.filter((contact) => contact !== null).map((contact) => readGuest(contact, carrier));
      return {
        startsAt: timeAt(meeting, 'properties', 'hs_meeting_start_time'),
        endsAt: timeAt(meeting, 'properties', 'hs_meeting_end_time'),
        guest: guests.find(({ ucc }) => ucc) ?? guests[0] ?? NOBODY,
      };
    },
  };
}
