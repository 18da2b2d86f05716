import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chargebeeMetaData, stripeMetadata } from 'cello-companion/server';
import Chargebee from 'chargebee';
import { expect, test } from 'playwright/test';
import Stripe from 'stripe';
import { UCC } from '../services/people.js';

interface Arrived {
  readonly path: string;
  readonly form: URLSearchParams;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** Answers as little as either gateway's SDK needs, and keeps what arrived. */
async function withGateway(work: (port: number, arrived: Arrived[]) => Promise<void>): Promise<void> {
  const arrived: Arrived[] = [];
  const server = createServer(async (request, response) => {
    arrived.push({ path: request.url ?? '', form: await readForm(request) });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 'cus_1', object: 'customer', customer: { id: 'cus_1' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address: AddressInfo | string | null = server.address();
    await work(typeof address === 'object' && address ? address.port : 0, arrived);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const stripeOf = (port: number) =>
  new Stripe('sk_test_123', { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });

/** The keys under `metadata[…]` of a form. */
const readMetadata = (form: URLSearchParams | undefined) =>
  Object.fromEntries(
    [...(form ?? [])].flatMap(([key, value]) => {
      const name = /^metadata\[(.+)\]$/.exec(key)?.[1];
      return name ? [[name, value]] : [];
    }),
  );

test("Stripe's own SDK puts the three keys on the customer", async () => {
  await withGateway(async (port, arrived) => {
    await stripeOf(port).customers.create({
      email: 'ada@example.com',
      metadata: stripeMetadata({ ucc: UCC, newUserId: 'user-1', newUserOrganizationId: 'org-1' }),
    });
    expect(arrived[0]?.path).toBe('/v1/customers');
    expect(readMetadata(arrived[0]?.form)).toEqual({
      cello_ucc: UCC,
      new_user_id: 'user-1',
      new_user_organization_id: 'org-1',
    });
  });
});

test("Stripe's own SDK keeps what the customer has, and the code that came first", async () => {
  await withGateway(async (port, arrived) => {
    const stripe = stripeOf(port);
    const input = { ucc: UCC, newUserId: 'user-1' };
    await stripe.customers.update('cus_1', { metadata: stripeMetadata(input, { plan: 'pro', seats: 3 }) });
    await stripe.customers.update('cus_1', {
      metadata: stripeMetadata(input, { cello_ucc: 'FirstOne123', new_user_id: 'user-0' }),
    });
    await stripe.customers.update('cus_1', { metadata: stripeMetadata(input, { cello_ucc: 'FirstOne123' }) });
    await stripe.customers.update('cus_1', { metadata: stripeMetadata(input, { cello_ucc: '' }) });
    expect(arrived.map(({ form }) => readMetadata(form))).toEqual([
      { plan: 'pro', seats: '3', cello_ucc: UCC, new_user_id: 'user-1' },
      { cello_ucc: 'FirstOne123', new_user_id: 'user-0' },
      { cello_ucc: 'FirstOne123', new_user_id: 'user-1' },
      { cello_ucc: UCC, new_user_id: 'user-1' },
    ]);
  });
});

test("Chargebee's own SDK sends the keys as meta_data of the customer", async () => {
  await withGateway(async (port, arrived) => {
    const chargebee = new Chargebee({
      site: '127',
      hostSuffix: '.0.0.1',
      protocol: 'http',
      port,
      apiKey: 'test_key',
      sdkTelemetryEnabled: false,
    });
    await chargebee.customer.create({
      first_name: 'Ada',
      meta_data: chargebeeMetaData({ ucc: UCC, newUserId: 'user-1' }, { features: ['a', 'b'] }),
    });
    expect(arrived[0]?.path).toBe('/api/v2/customers');
    expect(JSON.parse(arrived[0]?.form.get('meta_data') ?? '')).toEqual({
      features: ['a', 'b'],
      cello_ucc: UCC,
      new_user_id: 'user-1',
    });
  });
});

test('metadata leaves the organization out where there is none', () => {
  for (const newUserOrganizationId of [undefined, null, ''])
    expect(stripeMetadata({ ucc: UCC, newUserId: 'user-1', newUserOrganizationId })).toEqual({
      cello_ucc: UCC,
      new_user_id: 'user-1',
    });
});

test("metadata stays in Stripe's limits, or names what passes them", () => {
  const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key_${i}`, 'value']));
  const input = { ucc: UCC, newUserId: 'user-1' };
  expect(Object.keys(stripeMetadata(input, keys(48)))).toHaveLength(50);
  expect(() => stripeMetadata(input, keys(49))).toThrow(/with ours there are 51 keys, and Stripe takes 50/);
  expect(stripeMetadata({ ucc: UCC, newUserId: 'x'.repeat(500) }).new_user_id).toHaveLength(500);
  expect(() => stripeMetadata({ ucc: UCC, newUserId: 'x'.repeat(501) })).toThrow(/"newUserId" must be at most 500/);
  expect(chargebeeMetaData({ ucc: UCC, newUserId: 'x'.repeat(501) }).new_user_id).toHaveLength(501);
});

test('metadata names the field that is wrong', () => {
  expect(() => stripeMetadata({ ucc: UCC, newUserId: 4.2 })).toThrow(/stripeMetadata: "newUserId" must be a string/);
  expect(() => chargebeeMetaData({ ucc: '', newUserId: 'user-1' })).toThrow(/chargebeeMetaData: "ucc" must be/);
  expect(() => chargebeeMetaData({ ucc: UCC, newUserId: 'user-1' }, [])).toThrow(/"existing"/);
});
