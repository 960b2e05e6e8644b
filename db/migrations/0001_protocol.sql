CREATE TABLE `logout_deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`account_id` text NOT NULL,
	`sid` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer NOT NULL,
	`last_outcome` text,
	`created_at` integer NOT NULL,
	`settled_at` integer
);
--> statement-breakpoint
CREATE INDEX `logout_deliveries_due` ON `logout_deliveries` (`next_at`) WHERE "logout_deliveries"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX `logout_deliveries_client` ON `logout_deliveries` (`client_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `refresh_tokens` (
	`hash` text PRIMARY KEY NOT NULL,
	`client_id` text NOT NULL,
	`account_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`scope` text NOT NULL,
	`acr` text NOT NULL,
	`amr` text NOT NULL,
	`auth_time` integer NOT NULL,
	`jkt` text,
	`resource` text,
	`asked` text,
	`sid` text,
	`expires_at` integer NOT NULL,
	`replaced_at` integer,
	`replaced_by` text,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `refresh_tokens_code` ON `refresh_tokens` (`code_hash`);--> statement-breakpoint
CREATE INDEX `refresh_tokens_grant` ON `refresh_tokens` (`grant_id`);--> statement-breakpoint
CREATE TABLE `resource_servers` (
	`id` text PRIMARY KEY NOT NULL,
	`client_id` text,
	`access_token_alg` text NOT NULL,
	`scopes` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `session_clients` (
	`sid` text PRIMARY KEY NOT NULL,
	`session_hash` text NOT NULL,
	`client_id` text NOT NULL,
	`account_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `session_clients_one` ON `session_clients` (`session_hash`,`client_id`);--> statement-breakpoint
CREATE INDEX `session_clients_account` ON `session_clients` (`account_id`);--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `jkt` text;--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `resource` text;--> statement-breakpoint
ALTER TABLE `access_tokens` ADD `asked` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `jwks_uri` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `id_token_encryption` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `userinfo_alg` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `userinfo_encryption` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `authorization_alg` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `request_object_alg` text;--> statement-breakpoint
ALTER TABLE `clients` ADD `require_request_object` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `pid_as_subject` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `grant_types` text DEFAULT '["authorization_code"]' NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `dpop_bound` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `authorization_details_types` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `post_logout_redirect_uris` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `clients` ADD `backchannel_logout_uri` text;--> statement-breakpoint
ALTER TABLE `codes` ADD `dpop_jkt` text;--> statement-breakpoint
ALTER TABLE `codes` ADD `resource` text;--> statement-breakpoint
ALTER TABLE `codes` ADD `asked` text;--> statement-breakpoint
ALTER TABLE `codes` ADD `sid` text;--> statement-breakpoint
ALTER TABLE `sessions` ADD `kind` text DEFAULT 'own' NOT NULL;--> statement-breakpoint
CREATE INDEX `sign_ins_to_empty` ON `sign_ins` (`expires_at`) WHERE "sign_ins"."snapshot" IS NOT NULL;