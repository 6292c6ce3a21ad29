/** Tokens that say who calls. */

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** Gives the header with the token that a file holds, which it reads for each call: it may be replaced at any time. */
export class TokenFile {
  /** Throws when the file cannot be used: that is told at once. */
  constructor(private readonly path: string) {
    this.headerOf(readFileSync(path, "latin1"));
  }

  async header(): Promise<string> {
    return this.headerOf(await readFile(this.path, "latin1"));
  }

  private headerOf(text: string): string {
    const token = text.trim();
    if (!/^[A-Za-z0-9._~+/=-]+$/.test(token)) {
      throw new TypeError(`${this.path} holds no token, letters and digits and .-_~+/= in one line`);
    }
    return `Bearer ${token}`;
  }
}
