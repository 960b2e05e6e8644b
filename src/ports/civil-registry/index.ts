/**
 * The civil registry, somebody else's system, as the rest of the house sees it.
 *
 * `port.ts` is what may be asked, and the only way to ask. Two adapters stand behind it and pass one contract suite
 * (`tests/contracts/civil-registry`): `linkage/`, over HTTP to the Linkage Center, and `simulator/`, a synthetic
 * country in a database of its own. Both go through `transport.ts`, which lets through only an answer in time, in the
 * form of `wire.ts`, to the question that was asked; all else is `RegistryUnavailable`.
 *
 * Two entries, on purpose: this one runs anywhere and draws in no database; `simulator/index.ts` brings libSQL and is
 * imported by `serve.ts`, tests and tools only. `named-people.ts` are the people to test with, one for each kind of day.
 */
export { addressOnCard } from './address.ts'
export type { FaultControl, Faults } from './faults.ts'
export { createLinkageAdapter, type LinkageOptions } from './linkage/adapter.ts'
export { serveRegistry } from './linkage/serve.ts'
export { households, namedPeople, type PersonKey, people } from './named-people.ts'
export type { NamedCard, NamedHousehold, NamedPerson } from './named-person.ts'
export * from './port.ts'
export type { RegistryChange, RegistrySimulator } from './simulation.ts'
