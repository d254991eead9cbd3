import { access, constants, stat } from "node:fs/promises";
import { StackError } from "../stack/stack-error.ts";

/**
 * Files that are read again at each look must be there and be files: a pipe is empty the second time. Their names are not repeated,
 * because what stands in their place on a command line may be a token.
 *
 * @throws StackError that says which of them cannot be read, and why
 */
export async function checkLogFiles(files: readonly string[]): Promise<void> {
  for (const [at, file] of files.entries()) {
    const which = files.length === 1 ? "the file" : `file ${at + 1} of ${files.length}`;
    let isFile: boolean;
    try {
      await access(file, constants.R_OK);
      isFile = (await stat(file)).isFile();
    } catch (error) {
      const { code = "error" } = error as NodeJS.ErrnoException;
      throw new StackError(`--logs: ${which} cannot be read (${code}).`);
    }
    if (!isFile) throw new StackError(`--logs: ${which} is a folder or a pipe: only a file can be read at each look.`);
  }
}
