// What a network has that no run of the machine does.

/** Its message is the sentence that people read. */
export class CannotLower extends Error {}
