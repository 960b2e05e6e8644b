CREATE TABLE `access_tokens` (
	`hash` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`account_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`scope` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `access_tokens_code` ON `access_tokens` (`code_hash`);--> statement-breakpoint
CREATE INDEX `access_tokens_grant` ON `access_tokens` (`grant_id`);--> statement-breakpoint
CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`pid_index` text NOT NULL,
	`snapshot` text NOT NULL,
	`snapshot_at` integer NOT NULL,
	`status` text NOT NULL,
	`status_reason` text,
	`ial` text NOT NULL,
	`enrolment_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_one_per_person` ON `accounts` (`pid_index`) WHERE "accounts"."status" <> 'ended';--> statement-breakpoint
CREATE TABLE `acts` (
	`key` text PRIMARY KEY NOT NULL,
	`procedure` text NOT NULL,
	`input_hash` text NOT NULL,
	`outcome` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `challenges` (
	`hash` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`browser_hash` text NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_by` text
);
--> statement-breakpoint
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`profile` text NOT NULL,
	`status` text NOT NULL,
	`name_th` text NOT NULL,
	`name_en` text NOT NULL,
	`domain` text NOT NULL,
	`purpose_th` text NOT NULL,
	`purpose_en` text NOT NULL,
	`redirect_uris` text NOT NULL,
	`scopes` text NOT NULL,
	`auth_method` text NOT NULL,
	`secret_hash` text,
	`jwks` text,
	`id_token_alg` text NOT NULL,
	`birthdate_format` text NOT NULL,
	`require_pkce` integer NOT NULL,
	`silent` integer NOT NULL,
	`sector` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `codes` (
	`hash` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`account_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`redirect_uri` text NOT NULL,
	`scope` text NOT NULL,
	`nonce` text,
	`code_challenge` text,
	`acr` text NOT NULL,
	`amr` text NOT NULL,
	`auth_time` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_by` text
);
--> statement-breakpoint
CREATE INDEX `codes_grant` ON `codes` (`grant_id`);--> statement-breakpoint
CREATE TABLE `devices` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `devices_account` ON `devices` (`account_id`);--> statement-breakpoint
CREATE TABLE `enrolments` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`end_reason` text,
	`officer_id` text NOT NULL,
	`office_code` text NOT NULL,
	`pid_index` text NOT NULL,
	`subject` text,
	`token_hash` text,
	`phone_hash` text,
	`challenge` text,
	`evidence` text NOT NULL,
	`account_id` text,
	`last_act` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`done_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `enrolments_tokenHash_unique` ON `enrolments` (`token_hash`);--> statement-breakpoint
CREATE INDEX `enrolments_officer` ON `enrolments` (`officer_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `enrolments_held` ON `enrolments` (`expires_at`) WHERE "enrolments"."subject" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `events` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`name` text NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text,
	`account_id` text,
	`subject_index` text,
	`data` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `events_account` ON `events` (`account_id`,`at`);--> statement-breakpoint
CREATE INDEX `events_subject` ON `events` (`subject_index`,`at`);--> statement-breakpoint
CREATE TABLE `grants` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`client_id` text NOT NULL,
	`scope` text NOT NULL,
	`sign_in_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `grants_account` ON `grants` (`account_id`,`client_id`);--> statement-breakpoint
CREATE TABLE `notices` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`params` text NOT NULL,
	`at` integer NOT NULL,
	`read_at` integer
);
--> statement-breakpoint
CREATE INDEX `notices_account` ON `notices` (`account_id`,`at`);--> statement-breakpoint
CREATE TABLE `officer_invitations` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`office_code` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_by` text
);
--> statement-breakpoint
CREATE TABLE `officer_passkeys` (
	`credential_id` text PRIMARY KEY NOT NULL,
	`officer_id` text NOT NULL,
	`public_key` text NOT NULL,
	`algorithm` integer NOT NULL,
	`sign_count` integer NOT NULL,
	`backup_eligible` integer NOT NULL,
	`backed_up` integer NOT NULL,
	`tier` text NOT NULL,
	`browser_key` text,
	`aaguid` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE TABLE `officer_sessions` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`officer_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`authenticated_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE TABLE `officers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`office_code` text NOT NULL,
	`role` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `passkeys` (
	`credential_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`public_key` text NOT NULL,
	`algorithm` integer NOT NULL,
	`sign_count` integer NOT NULL,
	`backup_eligible` integer NOT NULL,
	`backed_up` integer NOT NULL,
	`tier` text NOT NULL,
	`browser_key` text,
	`transports` text NOT NULL,
	`aaguid` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`ended_at` integer,
	`ended_reason` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `passkeys_one_per_account` ON `passkeys` (`account_id`) WHERE "passkeys"."ended_at" IS NULL;--> statement-breakpoint
CREATE TABLE `pins` (
	`account_id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	`salt` text NOT NULL,
	`iterations` integer NOT NULL,
	`pepper_version` integer NOT NULL,
	`failures` integer NOT NULL,
	`next_try_at` integer NOT NULL,
	`disabled_at` integer,
	`attempt` text,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `pushed_requests` (
	`uri_hash` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`params` text NOT NULL,
	`expires_at` integer NOT NULL,
	`consumed_by` text
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`acr` text NOT NULL,
	`amr` text NOT NULL,
	`authenticated_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `sessions_account` ON `sessions` (`account_id`);--> statement-breakpoint
CREATE TABLE `sign_ins` (
	`id` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`request` text NOT NULL,
	`state` text NOT NULL,
	`end_reason` text,
	`browser_hash` text NOT NULL,
	`asked_from` text NOT NULL,
	`path` text,
	`qr_from` integer,
	`scanner_hash` text,
	`scanned_at` integer,
	`numbers` text,
	`number` integer,
	`account_id` text,
	`challenge` text,
	`snapshot` text,
	`snapshot_at` integer,
	`acr` text,
	`amr` text,
	`grant_id` text,
	`last_act` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decided_at` integer
);
--> statement-breakpoint
CREATE INDEX `sign_ins_account` ON `sign_ins` (`account_id`);--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`kid` text PRIMARY KEY NOT NULL,
	`alg` text NOT NULL,
	`public_jwk` text NOT NULL,
	`private_jwk` text NOT NULL,
	`active_from` integer NOT NULL,
	`active_until` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `throttles` (
	`key` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `used_assertions` (
	`key` text PRIMARY KEY NOT NULL,
	`used_by` text NOT NULL,
	`expires_at` integer NOT NULL
);
