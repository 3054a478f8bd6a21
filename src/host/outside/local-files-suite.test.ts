import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFiles } from '#kit/testing/files/contract-suite.ts';
import { localFiles } from './local-files.ts';

describeFiles('localFiles', async () => {
  const root = await mkdtemp(join(tmpdir(), 'local-files-'));
  return { files: localFiles(root), remove: () => rm(root, { recursive: true }) };
});
