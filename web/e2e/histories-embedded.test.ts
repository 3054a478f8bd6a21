import { histories } from './testing/histories-suite.ts';

histories('the embedded database', { folder: 'memory' });
