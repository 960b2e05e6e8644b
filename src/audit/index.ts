/**
 * What happened: who did what to whom, and when.
 *
 * Each event is one documented function of `events.ts`; it returns a plain value. `recordEvent` makes the statement
 * that writes it, and that statement goes into the same batch as the act, behind the same guard: an act without its
 * event cannot be committed, nor an event without its act.
 *
 * An event names a citizen by account id, or by the keyed index of the PID where there is no account; it never holds a
 * name, a number or a date of a person, and making one that does is refused at run time. So the log can be read by who
 * runs the system, and shown to the citizen whom it is about.
 */
export * from './events.ts'
export { recordEvent } from './log.ts'
