/** Wrong words on the command line; an answer for the person, with exit code 2. */
export class UsageFault extends Error {}
