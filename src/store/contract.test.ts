import { storeContract } from './contract-suite.ts';
import { openDatabase } from './database/database.ts';
import { sharedDatabase } from './testing/shared-postgres.ts';

storeContract('embedded, in memory', () => openDatabase({ folder: 'memory' }));
storeContract('server, PostgreSQL', sharedDatabase);
