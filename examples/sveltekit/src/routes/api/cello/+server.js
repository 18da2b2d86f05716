import { endpoint } from '#lib/server/attribution.js';

export const POST = ({ request }) => endpoint(request);
export const OPTIONS = POST;
