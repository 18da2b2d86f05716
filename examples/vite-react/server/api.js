import { toNodeHandler } from 'cello-companion/server';
import express from 'express';
import { createAccount } from './accounts.js';
import { attribution, endpoint } from './attribution.js';

export const api = express.Router();

api.all('/cello', toNodeHandler(endpoint));

api.post('/signup', express.json(), async (request, response) => {
  const { email, name } = request.body ?? {};
  if (!/.+@.+/.test(email)) return response.status(400).json({ error: 'Please give an e-mail address.' });
  const account = createAccount({ email, name });
  if (!account) return response.status(409).json({ error: 'This address has an account already.' });
  await attribution.signup({ user: account, from: request });
  response.json({ id: account.id });
});
