import { afterAll, beforeAll, describe } from 'vitest';
import { storeContract } from './contract-suite.ts';
import { openDatabase } from './database.ts';
import { type RealPostgres, startRealPostgres } from './testing/real-postgres.ts';

storeContract('embedded, in memory', () => openDatabase({ folder: 'memory' }));

describe('server', () => {
  let postgres: RealPostgres;
  beforeAll(async () => {
    postgres = await startRealPostgres();
  });
  afterAll(async () => {
    await postgres?.stop();
  });
  storeContract('PostgreSQL', async () => openDatabase({ url: await postgres.freshUrl() }));
});
