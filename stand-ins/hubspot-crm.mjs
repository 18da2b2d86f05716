/**
 * Stands in for HubSpot's CRM, as far as a receiver reads it: meetings with their contacts. Written from
 * https://developers.hubspot.com/docs/api-reference/crm-meetings-v3/guide and its page on contacts.
 */
import { createServer } from 'node:http';

const TOKEN = /^Bearer (.+)$/;

const pick = (properties, wanted) =>
  Object.fromEntries((wanted ?? '').split(',').map((name) => [name, properties[name] ?? null]));

function findObject(kind, id, query, { meetings, contacts }) {
  const found = kind === 'meetings' ? meetings[id] : contacts[id];
  if (!found) return null;
  const results = (found.contactIds ?? []).map((contactId) => ({ id: contactId, type: 'meeting_event_to_contact' }));
  return {
    id,
    properties: pick(found.properties, query.get('properties')),
    ...(query.get('associations') === 'contacts' && results.length ? { associations: { contacts: { results } } } : {}),
  };
}

/**
 * Starts it on loopback.
 *
 * @param {{ token: string, meetings: object, contacts: object }} portal - What it holds. Read anew at each request.
 * @returns {Promise<{ baseUrl: string, requests: string[], stop: () => void }>}
 */
export async function startHubspot(portal) {
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    requests.push(pathname);
    const answer = (status, body) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const [, token] = TOKEN.exec(request.headers.authorization ?? '') ?? [];
    if (portal.status) return answer(portal.status, { status: 'error' });
    if (token !== portal.token) return answer(401, { status: 'error', category: 'INVALID_AUTHENTICATION' });
    const [, kind, id] = /^\/crm\/v3\/objects\/(meetings|contacts)\/(\w+)$/.exec(pathname) ?? [];
    const found = kind && findObject(kind, id, searchParams, portal);
    return found ? answer(200, found) : answer(404, { status: 'error', category: 'OBJECT_NOT_FOUND' });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    requests,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
