import { endpoint } from '../utils/attribution.js';

export default defineEventHandler((event) => endpoint(toWebRequest(event)));
