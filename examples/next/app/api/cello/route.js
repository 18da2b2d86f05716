import { endpoint } from '../../../server/attribution.js';

export const POST = endpoint;
export const OPTIONS = endpoint;
