import { log } from '../../log.js';

export async function POST(request) {
  log('message', await request.json());
  return Response.json({ status: 'recorded' }, { status: 202 });
}
