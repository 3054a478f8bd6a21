import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { constants, zstdCompressSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';

/**
 * Makes `src/store/database/empty-cluster.tar.zst`: what initdb makes, so that a first start unpacks instead of making it.
 * To be run when PGlite changes: `node tools/template-db.ts`. The test beside the file says when that was forgotten.
 */

const target = fileURLToPath(new URL('../src/store/database/empty-cluster.tar.zst', import.meta.url));
const cluster = await PGlite.create();
await cluster.query('VACUUM FREEZE');
await cluster.query('CHECKPOINT');
const tar = new Uint8Array(await (await cluster.dumpDataDir('none')).arrayBuffer());
await cluster.close();
const packed = zstdCompressSync(tar, {
  params: {
    [constants.ZSTD_c_compressionLevel]: 19,
    [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    [constants.ZSTD_c_windowLog]: 27,
  },
});
await writeFile(target, packed);
process.stdout.write(`${target}: ${tar.length} bytes in ${packed.length}\n`);
