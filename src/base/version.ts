// The version of this magnet, as files of results tell it; a test holds it against the package's own.

/** Of this magnet, as package.json has it. */
export const version = '0.4.0';
