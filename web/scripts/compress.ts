import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, type ZlibOptions } from 'node:zlib';
import type { Plugin } from 'vite';

const br = promisify(brotliCompress);
const gz: (text: Buffer, options: ZlibOptions) => Promise<Buffer> = promisify(gzip);

/** Fonts are packed already. */
const PACKABLE = /\.(html|js|css|svg|txt|json)$/;

async function pack(file: string) {
  const text = await readFile(file);
  const size = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } };
  await writeFile(`${file}.br`, await br(text, size));
  await writeFile(`${file}.gz`, await gz(text, { level: 9 }));
}

/** Writes a `.br` and a `.gz` beside each file of the build; the server chooses. */
export const compress = (): Plugin => ({
  name: 'voxgate:compress',
  apply: 'build',
  closeBundle: {
    order: 'post',
    sequential: true,
    async handler() {
      const files = await readdir('dist', { recursive: true, withFileTypes: true });
      const texts = files.filter((file) => file.isFile() && PACKABLE.test(file.name));
      await Promise.all(texts.map((file) => pack(join(file.parentPath, file.name))));
    },
  },
});
