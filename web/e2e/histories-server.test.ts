import { histories } from './testing/histories-suite.ts';

histories('PostgreSQL', undefined);
