import { start } from 'cello-companion';

start({ endpoint: '/api/cello', include: ['email'] });
