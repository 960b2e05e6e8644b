import { AT, overlooking, refusing } from '../kit/broken.ts'
import { fapiClient, push, refusedPush } from '../kit/fapi.ts'
import type { Module } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'
import { PREFIX } from './names.ts'

/** A pushed request has to say where its answer goes, and that has to be registered. */
const INVALID = ['invalid_request', 'invalid_request_object']
const MISSING_URI = ['EnsurePARHttpStatusCodeIs400or401', 'EnsurePARInvalidRequestOrInvalidRequestObjectError'] as const

async function withoutRedirectUri(op: Run): Promise<void> {
	const { answer } = await push(op, await fapiClient(op), { change: { redirect_uri: null } })
	refusedPush(op, MISSING_URI[1], answer, INVALID)
}

const objectWithoutRedirectUri: Module = {
	name: `${PREFIX}-ensure-request-object-without-redirect-uri-fails`,
	conditions: [...MISSING_URI],
	run: withoutRedirectUri,
	broken: overlooking(
		AT.par,
		'takes the registered redirect URI where none is pushed',
		(params) => !params.has('redirect_uri'),
		(params, _, { clients }) => params.set('redirect_uri', [...clients.values()][0]?.redirectUri ?? ''),
	),
}

const redirectUriRequired: Module = {
	name: `${PREFIX}-ensure-redirect-uri-in-authorization-request`,
	conditions: [...MISSING_URI],
	run: withoutRedirectUri,
	broken: refusing(
		AT.par,
		'calls a missing redirect URI by a name that no RFC knows',
		(params) => !params.has('redirect_uri'),
		'redirect_uri_missing',
	),
}

const unregisteredRedirectUri: Module = {
	name: `${PREFIX}-plain-fapi-tolerate-unregistered-redirect-uri`,
	conditions: [...MISSING_URI],
	async run(op) {
		// RFC 9126 §2.4 lets a server take it; this one does not.
		const rp = await fapiClient(op)
		const { answer } = await push(op, rp, { change: { redirect_uri: `${rp.redirectUri}/another` } })
		refusedPush(op, MISSING_URI[1], answer, INVALID)
	},
	broken: refusing(
		AT.par,
		'breaks down at an unregistered redirect URI',
		(params) => params.get('redirect_uri')?.endsWith('/another') ?? false,
		'server_error',
		500,
	),
}

export const redirectUris = { objectWithoutRedirectUri, redirectUriRequired, unregisteredRedirectUri }
