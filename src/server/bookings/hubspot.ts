/**
 * HubSpot's app webhooks: a batch of changes with ids only. The meeting and its contacts are read from its API.
 * https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide
 */
import type { Fact, Guest, Reading, ReadingContext, Tool } from './fact.js';
import type { HubspotClient, Meeting } from './hubspot-client.js';
import { at, textAt } from './json.js';

/** The object type of meetings in generic subscriptions. */
const MEETING_TYPE = '0-47';

/** The properties whose changes we read. Other changes to a meeting are ignored. */
const OUTCOME = 'hs_meeting_outcome';
const TIMES = ['hs_meeting_start_time', 'hs_meeting_end_time'];

/** Portals spell outcomes differently: `NO_SHOW`, `No-show` and `no show` are the same. */
const wordOf = (outcome: string): string => outcome.toLowerCase().replace(/[\s_-]/g, '');

interface Change {
  readonly meetingId: string;
  /** `null`: the meeting was created. */
  readonly property: string | null;
  readonly value: string;
  readonly occurredAt: number;
}

/** Parses a change to a meeting; `null` for a change to anything else. */
function readChange(event: unknown): Change | null {
  const type = textAt(event, 'subscriptionType') ?? '';
  const meetingId = textAt(event, 'objectId');
  const isMeeting = textAt(event, 'objectTypeId') === MEETING_TYPE || type.startsWith('meeting.');
  if (!isMeeting || !meetingId) return null;
  const property = textAt(event, 'propertyName');
  if (!type.endsWith('.creation') && property !== OUTCOME && !TIMES.includes(property ?? '')) return null;
  const value = textAt(event, 'propertyValue') ?? '';
  return { meetingId, property, value, occurredAt: Number(at(event, 'occurredAt')) || 0 };
}

const idOf = (meetingId: string): string => `hubspot:${meetingId}`;

const readBooked = (meetingId: string, { startsAt, endsAt, guest }: Meeting): Fact => ({
  is: 'booked',
  id: idOf(meetingId),
  ...guest,
  startsAt,
  endsAt,
});

const UNKNOWN: Guest = { email: null, name: null, ucc: null };

function readOutcome(outcome: string, id: string, guest: Guest): readonly Fact[] {
  switch (wordOf(outcome)) {
    case 'completed':
      return [{ is: 'attended', id, ...guest }];
    case 'noshow':
      return [{ is: 'missed', id, isMissed: true }];
    case 'scheduled':
      return [{ is: 'missed', id, isMissed: false }];
    case 'canceled':
    case 'cancelled':
      return [{ is: 'cancelled', id }];
    default:
      return [];
  }
}

async function readMeeting(change: Change, client: HubspotClient, context: ReadingContext): Promise<readonly Fact[]> {
  const { meetingId, property, value } = change;
  const id = idOf(meetingId);
  const meeting = await client.read(meetingId, context.carrier);
  // Deleted meanwhile: we only know what the event says.
  if (!meeting) return property === OUTCOME ? readOutcome(value, id, UNKNOWN) : [];
  const { startsAt, endsAt } = meeting;
  const moved: readonly Fact[] = TIMES.includes(property ?? '')
    ? [{ is: 'moved', id, previousId: null, startsAt, endsAt }]
    : [];
  const outcome = property === OUTCOME ? readOutcome(value, id, { ...meeting.guest, ucc: null }) : [];
  return [...moved, readBooked(meetingId, meeting), ...outcome];
}

/**
 * Creates HubSpot's reader.
 *
 * @param client - Reads a meeting and its contact; `null` if the site gave no token: an outcome then applies to a
 *   booking that the site reported itself, under the id `hubspot:<meeting id>`.
 */
export const createHubspot = (client: HubspotClient | null): Tool => ({
  carrier: 'ucc',
  async read(body, context): Promise<Reading> {
    if (!Array.isArray(body)) return null;
    const changes = body.flatMap((event: unknown) => readChange(event) ?? []);
    const facts: Fact[] = [];
    // A batch is unordered.
    for (const change of changes.sort((a, b) => a.occurredAt - b.occurredAt)) {
      const { meetingId, property, value } = change;
      if (client) facts.push(...(await readMeeting(change, client, context)));
      else if (property === OUTCOME) facts.push(...readOutcome(value, idOf(meetingId), UNKNOWN));
    }
    return facts;
  },
});
