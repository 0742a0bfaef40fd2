/** The version of this program: here and not only in package.json, so that telling it reads no file. */
export const VERSION = '0.1.0';
