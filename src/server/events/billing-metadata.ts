/**
 * The metadata with which Stripe's and Chargebee's webhooks report a sign-up to Cello. It belongs on the **Customer**.
 * https://docs.cello.so/integrations/webhooks/stripe-webhook,
 * https://docs.cello.so/integrations/webhooks/chargebee-webhook
 */

import { createMistake, isFields, readCode, readFields, readId, readOptional } from '../input/index.js';
import type { Id } from './events.js';

/** Who signed up with which code. */
export interface GatewayInput {
  /** The referral code. */
  readonly ucc: string;
  /** The id in the site's own product. */
  readonly newUserId: Id;
  /** The organization's id, if rewards are per organization. */
  readonly newUserOrganizationId?: Id | null | undefined;
}

interface UserMetadata {
  readonly cello_ucc: string;
  readonly new_user_id: string;
}

interface OrganizationMetadata extends UserMetadata {
  readonly new_user_organization_id: string;
}

/**
 * The keys that Cello reads. A mapped type, because an interface is not assignable to the SDKs' index signatures; two
 * shapes instead of an optional key, because `undefined` is not assignable either.
 */
export type GatewayMetadata = { [K in keyof UserMetadata]: string } | { [K in keyof OrganizationMetadata]: string };

/** A Stripe customer's existing metadata, or what else the site writes. */
export type StripeMetadata = { readonly [name: string]: string | number | null };

/** https://docs.stripe.com/metadata#data: 50 keys of 40 characters, values of 500. */
const STRIPE_KEYS_MAX = 50;
const STRIPE_VALUE_MAX = 500;

const KEYS = ['cello_ucc', 'new_user_id', 'new_user_organization_id'] as const;

/** The caller's name for the field under each key. */
const FIELDS = {
  cello_ucc: 'ucc',
  new_user_id: 'newUserId',
  new_user_organization_id: 'newUserOrganizationId',
} as const satisfies Record<(typeof KEYS)[number], string>;

function readMetadata(input: GatewayInput, caller: string): GatewayMetadata {
  const at = (path: string) => ({ caller, path });
  const fields = readFields(input, at('input'));
  const organizationId = readOptional(fields['newUserOrganizationId'], at('newUserOrganizationId'), readId);
  return {
    cello_ucc: readCode(fields['ucc'], at('ucc')),
    new_user_id: readId(fields['newUserId'], at('newUserId')),
    ...(organizationId === null ? {} : { new_user_organization_id: organizationId }),
  };
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/**
 * Adds our keys to a customer's metadata. A customer belongs to the first code: an existing `cello_ucc` is kept, with
 * the fields that belong to it.
 */
function merge<E extends object>(metadata: GatewayMetadata, existing: E): E & GatewayMetadata {
  const standing = new Map<string, unknown>(Object.entries(existing).filter(([, value]) => isThere(value)));
  const kept = standing.has('cello_ucc') ? KEYS.filter((key) => standing.has(key)) : [];
  return { ...existing, ...metadata, ...Object.fromEntries(kept.map((key) => [key, standing.get(key)])) };
}

function readExisting<E extends object>(existing: E | null | undefined, caller: string): E | null {
  if (existing === null || existing === undefined) return null;
  if (!isFields(existing)) throw createMistake({ caller, path: 'existing' }, 'an object', existing);
  return existing;
}

function checkStripeLimits(metadata: StripeMetadata): void {
  const caller = 'stripeMetadata';
  const long = KEYS.find((key) => String(metadata[key] ?? '').length > STRIPE_VALUE_MAX);
  if (long)
    throw createMistake(
      { caller, path: FIELDS[long] },
      `at most ${STRIPE_VALUE_MAX} characters for Stripe`,
      metadata[long],
    );
  const count = Object.keys(metadata).length;
  if (count > STRIPE_KEYS_MAX)
    throw new TypeError(
      `[cello-companion] stripeMetadata: "existing" must leave room: with ours there are ${count} keys, and Stripe takes ${STRIPE_KEYS_MAX}`,
    );
}

/**
 * Creates the metadata of a Stripe Customer. Not for a Checkout Session, where Cello does not read it.
 *
 * @param existing - The customer's existing metadata, or what else the site writes. A `cello_ucc` in it is not changed.
 * @returns `{ cello_ucc, new_user_id, new_user_organization_id }` plus the existing metadata, for
 *   `stripe.customers.create` and `.update`.
 * @throws {TypeError} Names the field; also if Stripe's limits (50 keys, 500 characters) would be exceeded.
 */
export function stripeMetadata(input: GatewayInput): GatewayMetadata;
export function stripeMetadata<E extends StripeMetadata>(
  input: GatewayInput,
  existing: E | null | undefined,
): E & GatewayMetadata;
export function stripeMetadata(
  input: GatewayInput,
  existing?: StripeMetadata | null,
): StripeMetadata & GatewayMetadata {
  const metadata = merge(readMetadata(input, 'stripeMetadata'), readExisting(existing, 'stripeMetadata') ?? {});
  checkStripeLimits(metadata);
  return metadata;
}

/**
 * Creates the `meta_data` of a Chargebee customer. Chargebee replaces it as a whole, so pass the customer's existing
 * one.
 *
 * @param existing - The customer's existing metadata, or what else the site writes. A `cello_ucc` in it is not changed.
 * @returns `{ cello_ucc, new_user_id, new_user_organization_id }` plus the existing metadata, for
 *   `chargebee.customer.create` and `.update`.
 * @throws {TypeError} Names the field.
 */
export function chargebeeMetaData(input: GatewayInput): GatewayMetadata;
export function chargebeeMetaData<E extends object>(
  input: GatewayInput,
  existing: E | null | undefined,
): E & GatewayMetadata;
export function chargebeeMetaData(input: GatewayInput, existing?: object | null): object & GatewayMetadata {
  return merge(readMetadata(input, 'chargebeeMetaData'), readExisting(existing, 'chargebeeMetaData') ?? {});
}
