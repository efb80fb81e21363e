BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('exchange');
CREATE TABLE book_accounts (
	id INTEGER NOT NULL, 
	ems_no VARCHAR(100) NOT NULL, 
	item_record_no VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_book_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_book_accounts_ems_no_item_record_no UNIQUE (ems_no, item_record_no)
);
INSERT INTO "book_accounts" VALUES(1,'T2992W000001','12');
CREATE TABLE book_articles (
	ems_no VARCHAR(100) NOT NULL, 
	sku VARCHAR(100) NOT NULL, 
	item_record_no VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_book_articles PRIMARY KEY (ems_no, sku, item_record_no)
);
INSERT INTO "book_articles" VALUES('T2992W000001','SKU12','12');
CREATE TABLE book_bindings (
	paper INTEGER NOT NULL, 
	list_no VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_book_bindings PRIMARY KEY (paper, list_no), 
	CONSTRAINT fk_book_bindings_paper_book_papers FOREIGN KEY(paper) REFERENCES book_papers (id)
);
INSERT INTO "book_bindings" VALUES(2,'X1');
CREATE TABLE book_entries (
	account INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	place_before INTEGER, 
	kind VARCHAR(20) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	paper INTEGER, 
	document VARCHAR(100) NOT NULL, 
	reason VARCHAR(10) NOT NULL, 
	actual_in_before BIGINT NOT NULL, 
	actual_out_before BIGINT NOT NULL, 
	pre_in_before BIGINT NOT NULL, 
	pre_out_before BIGINT NOT NULL, 
	gained_before BIGINT NOT NULL, 
	lost_before BIGINT NOT NULL, 
	actual_in BIGINT NOT NULL, 
	actual_out BIGINT NOT NULL, 
	pre_in BIGINT NOT NULL, 
	pre_out BIGINT NOT NULL, 
	gained BIGINT NOT NULL, 
	lost BIGINT NOT NULL, 
	CONSTRAINT pk_book_entries PRIMARY KEY (account, place), 
	CONSTRAINT uq_book_entries_account_place_actual_in_actual_out_pre_in_pre_out_gained_lost UNIQUE (account, place, actual_in, actual_out, pre_in, pre_out, gained, lost), 
	CONSTRAINT uq_book_entries_account_kind_cause_kind_cause UNIQUE (account, kind, cause_kind, cause), 
	CONSTRAINT ck_book_entries_chain CHECK ((place = 1 AND place_before IS NULL AND actual_in_before = 0 AND actual_out_before = 0 AND pre_in_before = 0 AND pre_out_before = 0 AND gained_before = 0 AND lost_before = 0) OR (place > 1 AND place_before IS NOT NULL AND place_before = place - 1)), 
	CONSTRAINT ck_book_entries_floor CHECK (actual_in >= 0 AND actual_out >= 0 AND pre_in >= 0 AND pre_out >= 0 AND gained >= 0 AND lost >= 0), 
	CONSTRAINT fk_book_entries_account_book_entries FOREIGN KEY(account, place_before, actual_in_before, actual_out_before, pre_in_before, pre_out_before, gained_before, lost_before) REFERENCES book_entries (account, place, actual_in, actual_out, pre_in, pre_out, gained, lost), 
	CONSTRAINT fk_book_entries_account_book_accounts FOREIGN KEY(account) REFERENCES book_accounts (id)
);
INSERT INTO "book_entries" VALUES(1,1,NULL,'list','message','375f6bbdc9a1db5d6cfc884e7d70a03e25ac638dfa15b53633e5e675ce111443','','','2026-11-10 07:41:03.000000',1,'QD299226I000000001','',0,0,0,0,0,0,10000000,0,0,0,0,0);
INSERT INTO "book_entries" VALUES(1,2,1,'list','message','9de934471c7b075393dfcdf32e46963e94743cfb1c44518bbb2197b2c43e4954','','','2026-11-11 07:00:00.000000',2,'QD299226E000000002','',10000000,0,0,0,0,0,10000000,0,0,3000000,0,0);
INSERT INTO "book_entries" VALUES(1,3,2,'adjust','ticket','B1','clerk','customs agreed','2026-11-11 08:00:00.000000',NULL,'B1','34',10000000,0,0,3000000,0,0,10000000,0,0,3000000,0,100000);
CREATE TABLE book_paper_numbers (
	kind VARCHAR(10) NOT NULL, 
	scheme VARCHAR(10) NOT NULL, 
	number VARCHAR(220) NOT NULL, 
	paper INTEGER NOT NULL, 
	CONSTRAINT pk_book_paper_numbers PRIMARY KEY (kind, scheme, number), 
	CONSTRAINT fk_book_paper_numbers_paper_book_papers FOREIGN KEY(paper) REFERENCES book_papers (id)
);
INSERT INTO "book_paper_numbers" VALUES('bond','own','T2992W000001:B1',1);
INSERT INTO "book_paper_numbers" VALUES('bond','bond','QD299226I000000001',1);
INSERT INTO "book_paper_numbers" VALUES('bond','own','T2992W000001:B2',2);
INSERT INTO "book_paper_numbers" VALUES('bond','bond','QD299226E000000002',2);
INSERT INTO "book_paper_numbers" VALUES('bond','pre_entry','202600000000000001',2);
CREATE TABLE book_papers (
	id INTEGER NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	same_as INTEGER, 
	ems_no VARCHAR(100) DEFAULT '' NOT NULL, 
	number VARCHAR(100) DEFAULT '' NOT NULL, 
	state VARCHAR(20) DEFAULT '' NOT NULL, 
	direction VARCHAR(1) DEFAULT '' NOT NULL, 
	list_kind VARCHAR(10) DEFAULT '' NOT NULL, 
	since DATETIME, 
	order_no VARCHAR(100) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_book_papers PRIMARY KEY (id), 
	CONSTRAINT fk_book_papers_same_as_book_papers FOREIGN KEY(same_as) REFERENCES book_papers (id)
);
INSERT INTO "book_papers" VALUES(1,'bond',NULL,'T2992W000001','QD299226I000000001','deducted','I','0','2026-11-10 07:41:03.000000','');
INSERT INTO "book_papers" VALUES(2,'bond',NULL,'T2992W000001','QD299226E000000002','pre','E','8','2026-11-11 07:00:00.000000','');
CREATE TABLE book_sayings (
	paper INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	facts TEXT NOT NULL, 
	CONSTRAINT pk_book_sayings PRIMARY KEY (paper, place), 
	CONSTRAINT uq_book_sayings_paper_cause_kind_cause UNIQUE (paper, cause_kind, cause), 
	CONSTRAINT fk_book_sayings_paper_book_papers FOREIGN KEY(paper) REFERENCES book_papers (id)
);
INSERT INTO "book_sayings" VALUES(1,1,'2026-11-11 08:00:00.000000','message','26db149c0514847cd5750b514101681c661ba9dd240f4e62d8a3d9c0624f52f7','{"at": "2026-11-11T08:00:00", "bond_no": "", "change_no": 0, "declared_as": "1", "direction": "I", "ems_no": "T2992W000001", "kind": "0", "lines": [["T2992W000001", "12", "100", "SKU12"]], "mode": "", "own_no": "B1", "reasons": [], "related_bond_no": "", "retail_list_nos": [], "what": "declared"}');
INSERT INTO "book_sayings" VALUES(1,2,'2026-11-11 08:00:00.000000','message','375f6bbdc9a1db5d6cfc884e7d70a03e25ac638dfa15b53633e5e675ce111443','{"at": "2026-11-10T07:41:03", "bond_no": "QD299226I000000001", "change_no": 0, "declared_as": "1", "direction": "I", "ems_no": "T2992W000001", "kind": "0", "lines": [["T2992W000001", "12", "100", "SKU12"]], "mode": "D", "own_no": "B1", "reasons": [], "related_bond_no": "", "retail_list_nos": [], "what": "deducted"}');
INSERT INTO "book_sayings" VALUES(2,1,'2026-11-11 08:00:00.000000','message','70ba17650f370b2424424de06f26c3c0b881111c738ca851a7d16cd621206df2','{"at": "2026-11-11T08:00:00", "bond_no": "", "change_no": 0, "declared_as": "1", "direction": "E", "ems_no": "T2992W000001", "kind": "8", "lines": [["T2992W000001", "12", "30", "SKU12"]], "mode": "", "own_no": "B2", "reasons": [], "related_bond_no": "", "retail_list_nos": ["X1"], "what": "declared"}');
INSERT INTO "book_sayings" VALUES(2,2,'2026-11-11 08:00:00.000000','message','9de934471c7b075393dfcdf32e46963e94743cfb1c44518bbb2197b2c43e4954','{"at": "2026-11-11T07:00:00", "bond_no": "QD299226E000000002", "change_no": 0, "declared_as": "1", "direction": "E", "ems_no": "T2992W000001", "kind": "0", "lines": [], "mode": "D", "own_no": "B2", "reasons": [], "related_bond_no": "", "retail_list_nos": [], "what": "pre"}');
CREATE TABLE book_statements (
	ems_no VARCHAR(100) NOT NULL, 
	item_record_no VARCHAR(100) NOT NULL, 
	bond_no VARCHAR(100) NOT NULL, 
	line_number VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	in_quantity BIGINT, 
	actual_in BIGINT, 
	actual_out BIGINT, 
	pre_in BIGINT, 
	pre_out BIGINT, 
	CONSTRAINT pk_book_statements PRIMARY KEY (ems_no, item_record_no, bond_no, line_number, cause)
);
INSERT INTO "book_statements" VALUES('T2992W000001','12','QD299226I000000001','row 0','2026-11-10 07:41:03.000000','375f6bbdc9a1db5d6cfc884e7d70a03e25ac638dfa15b53633e5e675ce111443',10000000,10000000,NULL,NULL,NULL);
CREATE TABLE contacts (
	id INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	key_version INTEGER, 
	hash BLOB, 
	salt BLOB, 
	sealed BLOB, 
	CONSTRAINT pk_contacts PRIMARY KEY (id), 
	CONSTRAINT fk_contacts_person_people FOREIGN KEY(person) REFERENCES people (id)
);
CREATE TABLE declared_carried (
	parcel INTEGER NOT NULL, 
	carrier VARCHAR(100) NOT NULL, 
	turn INTEGER NOT NULL, 
	message INTEGER NOT NULL, 
	CONSTRAINT pk_declared_carried PRIMARY KEY (parcel, carrier, turn), 
	CONSTRAINT fk_declared_carried_parcel_declared_parcels FOREIGN KEY(parcel) REFERENCES declared_parcels (id), 
	CONSTRAINT fk_declared_carried_message_declared_messages FOREIGN KEY(message) REFERENCES declared_messages (id)
);
INSERT INTO "declared_carried" VALUES(1,'unified CEB311',0,1);
INSERT INTO "declared_carried" VALUES(2,'unified CEB311',0,1);
INSERT INTO "declared_carried" VALUES(1,'unified CEB411',0,2);
INSERT INTO "declared_carried" VALUES(2,'unified CEB411',0,2);
INSERT INTO "declared_carried" VALUES(1,'unified CEB511',0,3);
INSERT INTO "declared_carried" VALUES(2,'unified CEB511',0,3);
INSERT INTO "declared_carried" VALUES(3,'unified CEB311',0,4);
INSERT INTO "declared_carried" VALUES(3,'unified CEB411',0,5);
INSERT INTO "declared_carried" VALUES(3,'unified CEB511',0,6);
CREATE TABLE declared_freed (
	"key" VARCHAR(400) NOT NULL, 
	life INTEGER NOT NULL, 
	release INTEGER NOT NULL, 
	CONSTRAINT pk_declared_freed PRIMARY KEY ("key", life), 
	CONSTRAINT fk_declared_freed_release_declared_releases FOREIGN KEY(release) REFERENCES declared_releases (id)
);
INSERT INTO "declared_freed" VALUES('EX121000070000001CEB31191000000000000001N',0,1);
INSERT INTO "declared_freed" VALUES('EX121000070000001shop91000000000000002R6c256fbcd66cb9dc2575f3c8d86b3e518652c7f5cec82118a3a5fa696fe2335c',0,1);
INSERT INTO "declared_freed" VALUES('PAY121000070000001CEB41191000000000000003W',0,1);
INSERT INTO "declared_freed" VALUES('SF121000070000001CEB511910000000000000040',0,1);
INSERT INTO "declared_freed" VALUES('EX121000070000001CEB31191000000000000001N',1,2);
INSERT INTO "declared_freed" VALUES('EX121000070000001shop91000000000000002R6c256fbcd66cb9dc2575f3c8d86b3e518652c7f5cec82118a3a5fa696fe2335c',1,2);
INSERT INTO "declared_freed" VALUES('PAY121000070000001CEB41191000000000000003W',1,2);
INSERT INTO "declared_freed" VALUES('SF121000070000001CEB511910000000000000040',1,2);
CREATE TABLE declared_keys (
	"key" VARCHAR(400) NOT NULL, 
	life INTEGER NOT NULL, 
	parcel INTEGER NOT NULL, 
	CONSTRAINT pk_declared_keys PRIMARY KEY ("key", life), 
	CONSTRAINT fk_declared_keys_parcel_declared_parcels FOREIGN KEY(parcel) REFERENCES declared_parcels (id)
);
INSERT INTO "declared_keys" VALUES('EX121000070000001CEB31191000000000000001N',0,1);
INSERT INTO "declared_keys" VALUES('EX121000070000001shop91000000000000002R6c256fbcd66cb9dc2575f3c8d86b3e518652c7f5cec82118a3a5fa696fe2335c',0,1);
INSERT INTO "declared_keys" VALUES('EX121000070000002CEB31191000000000000001N',0,2);
INSERT INTO "declared_keys" VALUES('EX121000070000002shop91000000000000002R6fc843d942a986d1457f287ab1f8f5ec4d6900448731960e6981184974a415fb',0,2);
INSERT INTO "declared_keys" VALUES('PAY121000070000001CEB41191000000000000003W',0,1);
INSERT INTO "declared_keys" VALUES('PAY121000070000002CEB41191000000000000003W',0,2);
INSERT INTO "declared_keys" VALUES('SF121000070000001CEB511910000000000000040',0,1);
INSERT INTO "declared_keys" VALUES('SF121000070000002CEB511910000000000000040',0,2);
INSERT INTO "declared_keys" VALUES('EX121000070000001CEB31191000000000000001N',1,3);
INSERT INTO "declared_keys" VALUES('EX121000070000001shop91000000000000002R6c256fbcd66cb9dc2575f3c8d86b3e518652c7f5cec82118a3a5fa696fe2335c',1,3);
INSERT INTO "declared_keys" VALUES('PAY121000070000001CEB41191000000000000003W',1,3);
INSERT INTO "declared_keys" VALUES('SF121000070000001CEB511910000000000000040',1,3);
CREATE TABLE declared_messages (
	id INTEGER NOT NULL, 
	area VARCHAR(100) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	guid VARCHAR(100) NOT NULL, 
	number VARCHAR(100) NOT NULL, 
	serial INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_declared_messages PRIMARY KEY (id), 
	CONSTRAINT uq_declared_messages_area_serial UNIQUE (area, serial), 
	CONSTRAINT uq_declared_messages_guid UNIQUE (guid)
);
INSERT INTO "declared_messages" VALUES(1,'unified','CEB311','1A2B8F1F-F1FD-42A2-9755-D4C13A902931','1A2B8F1F-F1FD-42A2-9755-D4C13A902931',NULL,'2026-11-11 08:00:00.000000');
INSERT INTO "declared_messages" VALUES(2,'unified','CEB411','05B6E6E3-07D4-4EDC-9143-1193E6C3F339','05B6E6E3-07D4-4EDC-9143-1193E6C3F339',NULL,'2026-11-11 08:00:00.000000');
INSERT INTO "declared_messages" VALUES(3,'unified','CEB511','025B413F-8A9A-421E-A648-A7DD06839EB9','025B413F-8A9A-421E-A648-A7DD06839EB9',NULL,'2026-11-11 08:00:00.000000');
INSERT INTO "declared_messages" VALUES(4,'unified','CEB311','AD45F23D-3B1A-41DF-987F-D2803BAB6C39','AD45F23D-3B1A-41DF-987F-D2803BAB6C39',NULL,'2026-11-11 08:00:00.000000');
INSERT INTO "declared_messages" VALUES(5,'unified','CEB411','F3C64AF7-75A8-4294-82CD-789A380208A9','F3C64AF7-75A8-4294-82CD-789A380208A9',NULL,'2026-11-11 08:00:00.000000');
INSERT INTO "declared_messages" VALUES(6,'unified','CEB511','6A8AC4BA-0580-4975-AD2F-89D94A2F20AA','6A8AC4BA-0580-4975-AD2F-89D94A2F20AA',NULL,'2026-11-11 08:00:00.000000');
CREATE TABLE declared_parcels (
	id INTEGER NOT NULL, 
	named_by VARCHAR(400) NOT NULL, 
	life INTEGER NOT NULL, 
	content BLOB NOT NULL, 
	app_type VARCHAR(1) NOT NULL, 
	platform_code VARCHAR(100) NOT NULL, 
	merchant_code VARCHAR(100) NOT NULL, 
	shop_key VARCHAR(400), 
	order_no VARCHAR(100) NOT NULL, 
	waybill_no VARCHAR(100) NOT NULL, 
	payment_no VARCHAR(100) NOT NULL, 
	internal_no VARCHAR(100) NOT NULL, 
	tax BIGINT, 
	CONSTRAINT pk_declared_parcels PRIMARY KEY (id), 
	CONSTRAINT uq_declared_parcels_named_by_life_content UNIQUE (named_by, life, content)
);
INSERT INTO "declared_parcels" VALUES(1,'EX121000070000001CEB31191000000000000001N',0,X'0B92B53A9443C440AA00C85858292A80ED49BD6F3EDC3A179D8B52A2E9392DAF','1','91000000000000001N','91000000000000002R','EX121000070000001shop91000000000000002R6c256fbcd66cb9dc2575f3c8d86b3e518652c7f5cec82118a3a5fa696fe2335c','EX121000070000001','SF121000070000001','PAY121000070000001','EX121000070000001',39840);
INSERT INTO "declared_parcels" VALUES(2,'EX121000070000002CEB31191000000000000001N',0,X'4BA5CB4E42B1EA61D972DF0459C9844822DD199A9B05C56C4BCC4B2AC72CD24B','1','91000000000000001N','91000000000000002R','EX121000070000002shop91000000000000002R6fc843d942a986d1457f287ab1f8f5ec4d6900448731960e6981184974a415fb','EX121000070000002','SF121000070000002','PAY121000070000002','EX121000070000002',1545);
INSERT INTO "declared_parcels" VALUES(3,'EX121000070000001CEB31191000000000000001N',1,X'0B92B53A9443C440AA00C85858292A80ED49BD6F3EDC3A179D8B52A2E9392DAF','1','91000000000000001N','91000000000000002R','EX121000070000001shop91000000000000002R6c256fbcd66cb9dc2575f3c8d86b3e518652c7f5cec82118a3a5fa696fe2335c','EX121000070000001','SF121000070000001','PAY121000070000001','EX121000070000001',39840);
CREATE TABLE declared_releases (
	id INTEGER NOT NULL, 
	named_by VARCHAR(400) NOT NULL, 
	life INTEGER NOT NULL, 
	reason VARCHAR(1000) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_declared_releases PRIMARY KEY (id), 
	CONSTRAINT uq_declared_releases_named_by_life UNIQUE (named_by, life)
);
INSERT INTO "declared_releases" VALUES(1,'EX121000070000001CEB31191000000000000001N',0,'622 -621001','2026-11-11 08:00:00.000000');
INSERT INTO "declared_releases" VALUES(2,'EX121000070000001CEB31191000000000000001N',1,'622 -621001','2026-11-11 08:00:00.000000');
CREATE TABLE exchange_boxes (
	id INTEGER NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_exchange_boxes PRIMARY KEY (id), 
	CONSTRAINT uq_exchange_boxes_kind_name UNIQUE (kind, name)
);
CREATE TABLE exchange_copies (
	message INTEGER NOT NULL, 
	salts INTEGER NOT NULL, 
	sealed BLOB NOT NULL, 
	CONSTRAINT pk_exchange_copies PRIMARY KEY (message), 
	CONSTRAINT fk_exchange_copies_message_exchange_messages FOREIGN KEY(message) REFERENCES exchange_messages (seq), 
	CONSTRAINT fk_exchange_copies_salts_exchange_salts FOREIGN KEY(salts) REFERENCES exchange_salts (id)
);
CREATE TABLE exchange_documents (
	message INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	number VARCHAR(100) NOT NULL, 
	"key" TEXT NOT NULL, 
	guid VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_exchange_documents PRIMARY KEY (message, place), 
	CONSTRAINT fk_exchange_documents_message_exchange_messages FOREIGN KEY(message) REFERENCES exchange_messages (seq)
);
CREATE TABLE exchange_events (
	seq INTEGER NOT NULL, 
	message INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	happening VARCHAR(20) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	due DATETIME, 
	outcome VARCHAR(20), 
	again VARCHAR(20) NOT NULL, 
	counts BOOLEAN NOT NULL, 
	said TEXT NOT NULL, 
	salts INTEGER, 
	answer BLOB, 
	CONSTRAINT pk_exchange_events PRIMARY KEY (seq), 
	CONSTRAINT fk_exchange_events_message_exchange_messages FOREIGN KEY(message) REFERENCES exchange_messages (seq), 
	CONSTRAINT fk_exchange_events_salts_exchange_salts FOREIGN KEY(salts) REFERENCES exchange_salts (id)
);
CREATE TABLE exchange_items (
	id INTEGER NOT NULL, 
	box INTEGER NOT NULL, 
	name VARCHAR(400) NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	at DATETIME NOT NULL, 
	digest BLOB NOT NULL, 
	reason TEXT NOT NULL, 
	about VARCHAR(400) NOT NULL, 
	word TEXT NOT NULL, 
	placed BOOLEAN NOT NULL, 
	salts INTEGER NOT NULL, 
	sealed BLOB NOT NULL, 
	CONSTRAINT pk_exchange_items PRIMARY KEY (id), 
	CONSTRAINT uq_exchange_items_box_digest UNIQUE (box, digest), 
	CONSTRAINT fk_exchange_items_box_exchange_boxes FOREIGN KEY(box) REFERENCES exchange_boxes (id), 
	CONSTRAINT fk_exchange_items_salts_exchange_salts FOREIGN KEY(salts) REFERENCES exchange_salts (id)
);
CREATE TABLE exchange_lines (
	item INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	receipt VARCHAR(40) NOT NULL, 
	"key" TEXT NOT NULL, 
	key_digest BLOB NOT NULL, 
	code VARCHAR(40) NOT NULL, 
	at DATETIME, 
	submitted VARCHAR(100) NOT NULL, 
	word TEXT NOT NULL, 
	CONSTRAINT pk_exchange_lines PRIMARY KEY (item, place), 
	CONSTRAINT fk_exchange_lines_item_exchange_items FOREIGN KEY(item) REFERENCES exchange_items (id)
);
CREATE TABLE exchange_marks (
	box INTEGER NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_exchange_marks PRIMARY KEY (box, name), 
	CONSTRAINT fk_exchange_marks_box_exchange_boxes FOREIGN KEY(box) REFERENCES exchange_boxes (id)
);
CREATE TABLE exchange_messages (
	seq INTEGER NOT NULL, 
	box INTEGER NOT NULL, 
	id VARCHAR(100) NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	file_name VARCHAR(400) NOT NULL, 
	file_key VARCHAR(400) NOT NULL, 
	size INTEGER NOT NULL, 
	digest BLOB NOT NULL, 
	divided BOOLEAN NOT NULL, 
	put_at DATETIME NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	due DATETIME, 
	attempts INTEGER NOT NULL, 
	failures INTEGER NOT NULL, 
	doubtful INTEGER NOT NULL, 
	looks INTEGER NOT NULL, 
	said TEXT NOT NULL, 
	CONSTRAINT pk_exchange_messages PRIMARY KEY (seq), 
	CONSTRAINT uq_exchange_messages_box_id UNIQUE (box, id), 
	CONSTRAINT fk_exchange_messages_box_exchange_boxes FOREIGN KEY(box) REFERENCES exchange_boxes (id)
);
CREATE TABLE exchange_numbers (
	number VARCHAR(100) NOT NULL, 
	item INTEGER NOT NULL, 
	CONSTRAINT pk_exchange_numbers PRIMARY KEY (number, item), 
	CONSTRAINT fk_exchange_numbers_item_exchange_items FOREIGN KEY(item) REFERENCES exchange_items (id)
);
CREATE TABLE exchange_rivals (
	message INTEGER NOT NULL, 
	other INTEGER NOT NULL, 
	CONSTRAINT pk_exchange_rivals PRIMARY KEY (message, other), 
	CONSTRAINT fk_exchange_rivals_message_exchange_messages FOREIGN KEY(message) REFERENCES exchange_messages (seq), 
	CONSTRAINT fk_exchange_rivals_other_exchange_messages FOREIGN KEY(other) REFERENCES exchange_messages (seq)
);
CREATE TABLE exchange_salts (
	id INTEGER NOT NULL, 
	owner VARCHAR(300) NOT NULL, 
	salts BLOB, 
	CONSTRAINT pk_exchange_salts PRIMARY KEY (id)
);
CREATE TABLE goods_changes (
	record INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	place_before INTEGER, 
	kind VARCHAR(12) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	version INTEGER NOT NULL, 
	in_force INTEGER, 
	used BOOLEAN NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_goods_changes PRIMARY KEY (record, place), 
	CONSTRAINT uq_goods_changes_record_kind_cause_kind_cause UNIQUE (record, kind, cause_kind, cause), 
	CONSTRAINT ck_goods_changes_ck_goods_changes_chain CHECK ((place = 1 AND place_before IS NULL) OR (place > 1 AND place_before IS NOT NULL AND place_before = place - 1)), 
	CONSTRAINT ck_goods_changes_ck_goods_changes_in_force CHECK ((state <> 'on_record' OR (in_force IS NOT NULL AND in_force = version)) AND (state NOT IN ('suspended', 'withdrawn') OR in_force IS NULL)), 
	CONSTRAINT fk_goods_changes_record_goods_records FOREIGN KEY(record) REFERENCES goods_records (id), 
	CONSTRAINT fk_goods_changes_record_goods_changes FOREIGN KEY(record, place_before) REFERENCES goods_changes (record, place), 
	CONSTRAINT fk_goods_changes_record_goods_versions FOREIGN KEY(record, version) REFERENCES goods_versions (record, version)
);
INSERT INTO "goods_changes" VALUES(1,1,NULL,'version','on_record',1,1,0,'file','goods.xlsx','','','2026-11-11 08:00:00.000000');
INSERT INTO "goods_changes" VALUES(1,2,1,'version','refused',2,1,0,'file','goods-2.xlsx','','','2026-11-11 08:00:00.000000');
INSERT INTO "goods_changes" VALUES(2,1,NULL,'version','on_record',1,1,0,'file','goods.xlsx','','','2026-11-11 08:00:00.000000');
INSERT INTO "goods_changes" VALUES(2,2,1,'used','on_record',1,1,1,'list','L1','','','2026-11-11 08:00:00.000000');
INSERT INTO "goods_changes" VALUES(2,3,2,'state','suspended',1,NULL,1,'ticket','G1','clerk','customs said so','2026-11-11 08:00:00.000000');
CREATE TABLE goods_records (
	id INTEGER NOT NULL, 
	sku VARCHAR(100) NOT NULL, 
	account_book_no VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_goods_records PRIMARY KEY (id), 
	CONSTRAINT uq_goods_records_sku_account_book_no UNIQUE (sku, account_book_no)
);
INSERT INTO "goods_records" VALUES(1,'SKU12','T2992W000001');
INSERT INTO "goods_records" VALUES(2,'SKU13','T2992W000001');
CREATE TABLE goods_versions (
	record INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	record_no VARCHAR(100) NOT NULL, 
	content TEXT NOT NULL, 
	CONSTRAINT pk_goods_versions PRIMARY KEY (record, version), 
	CONSTRAINT fk_goods_versions_record_goods_records FOREIGN KEY(record) REFERENCES goods_records (id)
);
INSERT INTO "goods_versions" VALUES(1,1,'12','{"account_book_no":"T2992W000001","hs_code":"3304990039","record_no":"12","unit":"142"}');
INSERT INTO "goods_versions" VALUES(1,2,'12','{"account_book_no":"T2992W000001","hs_code":"3304990039","record_no":"12","unit":"011"}');
INSERT INTO "goods_versions" VALUES(2,1,'13','{"account_book_no":"T2992W000001","hs_code":"3304990039","record_no":"13","unit":"142"}');
CREATE TABLE guarantee_accounts (
	id INTEGER NOT NULL, 
	guarantor_code VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_guarantee_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_guarantee_accounts_guarantor_code UNIQUE (guarantor_code)
);
INSERT INTO "guarantee_accounts" VALUES(1,'G1');
CREATE TABLE guarantee_entries (
	account INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	place_before INTEGER, 
	kind VARCHAR(20) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	tax_bill_no VARCHAR(100), 
	occupied_before BIGINT NOT NULL, 
	total_before BIGINT NOT NULL, 
	occupied BIGINT NOT NULL, 
	total BIGINT NOT NULL, 
	CONSTRAINT pk_guarantee_entries PRIMARY KEY (account, place), 
	CONSTRAINT uq_guarantee_entries_account_place_occupied_total UNIQUE (account, place, occupied, total), 
	CONSTRAINT uq_guarantee_entries_account_kind_cause_kind_cause UNIQUE (account, kind, cause_kind, cause), 
	CONSTRAINT ck_guarantee_entries_chain CHECK ((place = 1 AND place_before IS NULL AND occupied_before = 0 AND total_before = 0) OR (place > 1 AND place_before IS NOT NULL AND place_before = place - 1)), 
	CONSTRAINT ck_guarantee_entries_floor CHECK (occupied >= 0 AND total >= 0), 
	CONSTRAINT fk_guarantee_entries_account_guarantee_entries FOREIGN KEY(account, place_before, occupied_before, total_before) REFERENCES guarantee_entries (account, place, occupied, total), 
	CONSTRAINT fk_guarantee_entries_account_guarantee_accounts FOREIGN KEY(account) REFERENCES guarantee_accounts (id)
);
INSERT INTO "guarantee_entries" VALUES(1,1,NULL,'grant','ticket','G','clerk','lodged','2026-11-11 08:00:00.000000',NULL,0,0,0,100000);
INSERT INTO "guarantee_entries" VALUES(1,2,1,'occupy','bill','T1/1','','','2026-11-11 08:00:00.000000','T1',0,100000,910,100000);
INSERT INTO "guarantee_entries" VALUES(1,3,2,'occupy','bill','T2/1','','','2026-11-11 08:00:00.000000','T2',910,100000,1820,100000);
INSERT INTO "guarantee_entries" VALUES(1,4,3,'occupy','bill','T3/1','','','2026-11-11 08:00:00.000000','T3',1820,100000,2730,100000);
INSERT INTO "guarantee_entries" VALUES(1,5,4,'release','bill','T3/2','','','2026-11-11 08:00:00.000000','T3',2730,100000,1820,100000);
CREATE TABLE ledger_marks (
	name VARCHAR(40) NOT NULL, 
	text VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_ledger_marks PRIMARY KEY (name)
);
INSERT INTO "ledger_marks" VALUES('keys','d0325e312bb5e451b253ccb3353ce2c7880fdfb830cd73399ddc178e28b6a14c');
CREATE TABLE parcel_tax_accounts (
	id INTEGER NOT NULL, 
	order_no VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_parcel_tax_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_parcel_tax_accounts_order_no UNIQUE (order_no)
);
CREATE TABLE parcel_tax_entries (
	account INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	place_before INTEGER, 
	kind VARCHAR(20) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	stated VARCHAR(32) NOT NULL, 
	due_before BIGINT NOT NULL, 
	borne_before BIGINT NOT NULL, 
	due BIGINT NOT NULL, 
	borne BIGINT NOT NULL, 
	CONSTRAINT pk_parcel_tax_entries PRIMARY KEY (account, place), 
	CONSTRAINT uq_parcel_tax_entries_account_place_due_borne UNIQUE (account, place, due, borne), 
	CONSTRAINT uq_parcel_tax_entries_account_kind_cause_kind_cause UNIQUE (account, kind, cause_kind, cause), 
	CONSTRAINT ck_parcel_tax_entries_chain CHECK ((place = 1 AND place_before IS NULL AND due_before = 0 AND borne_before = 0) OR (place > 1 AND place_before IS NOT NULL AND place_before = place - 1)), 
	CONSTRAINT fk_parcel_tax_entries_account_parcel_tax_entries FOREIGN KEY(account, place_before, due_before, borne_before) REFERENCES parcel_tax_entries (account, place, due, borne), 
	CONSTRAINT fk_parcel_tax_entries_account_parcel_tax_accounts FOREIGN KEY(account) REFERENCES parcel_tax_accounts (id)
);
CREATE TABLE parcel_taxes (
	account INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	order_no VARCHAR(100) NOT NULL, 
	list_no VARCHAR(100) NOT NULL, 
	waybill_no VARCHAR(100) NOT NULL, 
	merchant_code VARCHAR(100) NOT NULL, 
	guarantor_code VARCHAR(100) NOT NULL, 
	month VARCHAR(7) NOT NULL, 
	course VARCHAR(12) NOT NULL, 
	released_on DATE, 
	due BIGINT NOT NULL, 
	charged BIGINT, 
	repaid BIGINT NOT NULL, 
	facts TEXT NOT NULL, 
	figures VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_parcel_taxes PRIMARY KEY (account), 
	CONSTRAINT fk_parcel_taxes_account_parcel_tax_entries FOREIGN KEY(account, place) REFERENCES parcel_tax_entries (account, place), 
	CONSTRAINT uq_parcel_taxes_order_no UNIQUE (order_no)
);
CREATE TABLE parties (
	id INTEGER NOT NULL, 
	"key" VARCHAR(400) NOT NULL, 
	CONSTRAINT pk_parties PRIMARY KEY (id), 
	CONSTRAINT uq_parties_key UNIQUE ("key")
);
INSERT INTO "parties" VALUES(1,'PartyRegistration/carrier/3301960ABC');
INSERT INTO "parties" VALUES(2,'PartyPaper/carrier/3301960ABC/express_licence');
INSERT INTO "parties" VALUES(3,'PartyAgreement/3301960P01/3301960M01/carrier/3301960ABC');
CREATE TABLE party_agreements (
	id INTEGER NOT NULL, 
	platform_code VARCHAR(100) NOT NULL, 
	merchant_code VARCHAR(100) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	code VARCHAR(100) NOT NULL, 
	agreed BOOLEAN NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, valid_from DATE, valid_until DATE, 
	CONSTRAINT pk_party_agreements PRIMARY KEY (id), 
	CONSTRAINT uq_party_agreements_platform_code_merchant_code_role_code_cause_kind_cause UNIQUE (platform_code, merchant_code, role, code, cause_kind, cause)
);
INSERT INTO "party_agreements" VALUES(1,'3301960P01','3301960M01','carrier','3301960ABC',1,'file','parties.xlsx','clerk','entered','2026-11-11 08:00:00.000000',NULL,NULL);
CREATE TABLE party_papers (
	id INTEGER NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	code VARCHAR(100) NOT NULL, 
	paper VARCHAR(20) NOT NULL, 
	number VARCHAR(100) NOT NULL, 
	valid_from DATE, 
	valid_until DATE, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_party_papers PRIMARY KEY (id), 
	CONSTRAINT uq_party_papers_role_code_paper_cause_kind_cause UNIQUE (role, code, paper, cause_kind, cause)
);
INSERT INTO "party_papers" VALUES(1,'carrier','3301960ABC','express_licence','',NULL,NULL,'file','parties.xlsx','clerk','entered','2026-11-11 08:00:00.000000');
CREATE TABLE party_registrations (
	id INTEGER NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	code VARCHAR(100) NOT NULL, 
	scheme VARCHAR(20) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	valid_from DATE, 
	valid_until DATE, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, credit_code VARCHAR(100), dxp_id VARCHAR(100), 
	CONSTRAINT pk_party_registrations PRIMARY KEY (id), 
	CONSTRAINT uq_party_registrations_role_code_cause_kind_cause UNIQUE (role, code, cause_kind, cause)
);
INSERT INTO "party_registrations" VALUES(1,'carrier','3301960ABC','customs code','虚构快递公司','2026-01-01','2026-12-31','file','parties.xlsx','clerk','entered','2026-11-11 08:00:00.000000',NULL,NULL);
CREATE TABLE people (
	id INTEGER NOT NULL, 
	key_version INTEGER NOT NULL, 
	hash BLOB NOT NULL, 
	salt BLOB, 
	sealed BLOB, 
	erased_at DATETIME, 
	CONSTRAINT pk_people PRIMARY KEY (id), 
	CONSTRAINT uq_people_hash_key_version UNIQUE (hash, key_version)
);
INSERT INTO "people" VALUES(1,1,X'CF4848269DA896088FBCAD210C67C421EC7EDFC0D1410EF0EE459230C3B34161',X'245E08A3509563683E85085DB9114E748DD72C3817733B31250AF81559D9DE1A',X'A381EB73BB20A1CC04BD495ADA6FC4BB6ADD7ECBE6EF1096155D3293A81A9EBB766D3A3A',NULL);
INSERT INTO "people" VALUES(2,1,X'36645C8850C8608EFF474D482EB3326EACEEFA9AD54198BABF181C75F2F223D7',X'1F54CB2D490713EEC2F4805D88DF9B3FF9E3B06F72615182F74AC3EC263D41D6',X'E1B745A6249DFFF6DA41FB77B154E4BF93B850E40D78FD26963856A0EDDE132445B71F17',NULL);
INSERT INTO "people" VALUES(3,1,X'6DB797B54AEA9A01AD156659B93FF3A59A0F699ECCE7A5322BE9C13877B78846',NULL,NULL,'2026-11-11 08:00:00.000000');
CREATE TABLE quota_accounts (
	id INTEGER NOT NULL, 
	person INTEGER NOT NULL, 
	year INTEGER NOT NULL, 
	CONSTRAINT pk_quota_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_quota_accounts_person_year UNIQUE (person, year), 
	CONSTRAINT fk_quota_accounts_person_people FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "quota_accounts" VALUES(1,1,2026);
INSERT INTO "quota_accounts" VALUES(2,2,2026);
CREATE TABLE quota_entries (
	account INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	place_before INTEGER, 
	kind VARCHAR(20) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	"order" VARCHAR(200), 
	told BIGINT, 
	held_before BIGINT NOT NULL, 
	used_before BIGINT NOT NULL, 
	held BIGINT NOT NULL, 
	used BIGINT NOT NULL, 
	CONSTRAINT pk_quota_entries PRIMARY KEY (account, place), 
	CONSTRAINT uq_quota_entries_account_place_held_used UNIQUE (account, place, held, used), 
	CONSTRAINT uq_quota_entries_account_kind_cause_kind_cause UNIQUE (account, kind, cause_kind, cause), 
	CONSTRAINT ck_quota_entries_chain CHECK ((place = 1 AND place_before IS NULL AND held_before = 0 AND used_before = 0) OR (place > 1 AND place_before IS NOT NULL AND place_before = place - 1)), 
	CONSTRAINT ck_quota_entries_floor CHECK (held >= 0 AND used >= 0), 
	CONSTRAINT fk_quota_entries_account_quota_entries FOREIGN KEY(account, place_before, held_before, used_before) REFERENCES quota_entries (account, place, held, used), 
	CONSTRAINT fk_quota_entries_account_quota_accounts FOREIGN KEY(account) REFERENCES quota_accounts (id)
);
INSERT INTO "quota_entries" VALUES(1,1,NULL,'reserve','order','P1/O1','','','2026-11-11 08:00:00.000000','P1/O1',NULL,0,0,45010,0);
INSERT INTO "quota_entries" VALUES(1,2,1,'reserve','order','P1/O2','','','2026-11-11 08:00:00.000000','P1/O2',NULL,45010,0,55009,0);
INSERT INTO "quota_entries" VALUES(1,3,2,'reserve','order','P1/O3','','','2026-11-11 08:00:00.000000','P1/O3',NULL,55009,0,155009,0);
INSERT INTO "quota_entries" VALUES(1,4,3,'reserve','order','P1/O4','','','2026-11-11 08:00:00.000000','P1/O4',NULL,155009,0,162559,0);
INSERT INTO "quota_entries" VALUES(2,1,NULL,'reserve','order','P2/O5','','','2026-11-11 08:00:00.000000','P2/O5',NULL,0,0,500001,0);
INSERT INTO "quota_entries" VALUES(1,5,4,'take','receipt','P1/O1/120','','','2026-11-11 08:00:00.000000','P1/O1',NULL,162559,0,117549,45010);
INSERT INTO "quota_entries" VALUES(1,6,5,'take','receipt','P1/O3/120','','','2026-11-11 08:00:00.000000','P1/O3',NULL,117549,45010,17549,145010);
INSERT INTO "quota_entries" VALUES(1,7,6,'take','receipt','P1/O4/120','','','2026-11-11 08:00:00.000000','P1/O4',NULL,17549,145010,9999,152560);
INSERT INTO "quota_entries" VALUES(1,8,7,'void','receipt','P1/O2/closed','','','2026-11-11 08:00:00.000000','P1/O2',NULL,9999,152560,0,152560);
INSERT INTO "quota_entries" VALUES(1,9,8,'restore','receipt','P1/O3/626','','','2026-11-11 08:00:00.000000','P1/O3',NULL,0,152560,0,112560);
INSERT INTO "quota_entries" VALUES(1,10,9,'put_back','receipt','P1/O4/100','','','2026-11-11 08:00:00.000000','P1/O4',NULL,0,112560,7550,105010);
INSERT INTO "quota_entries" VALUES(1,11,10,'observe','receipt','1313','','','2026-11-11 08:00:00.000000',NULL,200000,7550,105010,7550,105010);
INSERT INTO "quota_entries" VALUES(1,12,11,'correct','receipt','1313','','','2026-11-11 08:00:00.000000',NULL,200000,7550,105010,7550,200000);
INSERT INTO "quota_entries" VALUES(1,13,12,'correct','ticket','T1','clerk','bought elsewhere','2026-11-11 08:00:00.000000',NULL,NULL,7550,200000,7550,190000);
CREATE TABLE risk_courses (
	id INTEGER NOT NULL, 
	"order" VARCHAR(200) NOT NULL, 
	place INTEGER NOT NULL, 
	course VARCHAR(12) NOT NULL, 
	released_on DATE, 
	returned_on DATE, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	entered_at DATETIME NOT NULL, 
	CONSTRAINT pk_risk_courses PRIMARY KEY (id), 
	CONSTRAINT uq_risk_courses_order_place UNIQUE ("order", place)
);
CREATE TABLE risk_lines (
	id INTEGER NOT NULL, 
	order_row INTEGER NOT NULL, 
	article VARCHAR(200) NOT NULL, 
	unit VARCHAR(100) NOT NULL, 
	qty BIGINT NOT NULL, 
	price BIGINT NOT NULL, 
	CONSTRAINT pk_risk_lines PRIMARY KEY (id), 
	CONSTRAINT fk_risk_lines_order_row_risk_orders FOREIGN KEY(order_row) REFERENCES risk_orders (id)
);
CREATE TABLE risk_orders (
	id INTEGER NOT NULL, 
	"order" VARCHAR(200) NOT NULL, 
	place INTEGER NOT NULL, 
	platform_code VARCHAR(100) NOT NULL, 
	merchant_code VARCHAR(100) NOT NULL, 
	person INTEGER NOT NULL, 
	telephone INTEGER, 
	consignee_telephone INTEGER, 
	address INTEGER, 
	consignee INTEGER, 
	paid_by_buyer BOOLEAN NOT NULL, 
	payment_company_code VARCHAR(100) NOT NULL, 
	payment_no VARCHAR(100) NOT NULL, 
	carrier_code VARCHAR(100) NOT NULL, 
	waybill_no VARCHAR(100) NOT NULL, 
	value BIGINT NOT NULL, 
	day DATE NOT NULL, 
	at DATETIME NOT NULL, 
	stated VARCHAR(32) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	entered_at DATETIME NOT NULL, 
	CONSTRAINT pk_risk_orders PRIMARY KEY (id), 
	CONSTRAINT uq_risk_orders_order_place UNIQUE ("order", place), 
	CONSTRAINT uq_risk_orders_order_stated UNIQUE ("order", stated), 
	CONSTRAINT fk_risk_orders_person_people FOREIGN KEY(person) REFERENCES people (id), 
	CONSTRAINT fk_risk_orders_telephone_contacts FOREIGN KEY(telephone) REFERENCES contacts (id), 
	CONSTRAINT fk_risk_orders_consignee_telephone_contacts FOREIGN KEY(consignee_telephone) REFERENCES contacts (id), 
	CONSTRAINT fk_risk_orders_address_contacts FOREIGN KEY(address) REFERENCES contacts (id), 
	CONSTRAINT fk_risk_orders_consignee_contacts FOREIGN KEY(consignee) REFERENCES contacts (id)
);
CREATE TABLE settlement_answers (
	id INTEGER NOT NULL, 
	code VARCHAR(10) NOT NULL, 
	subject VARCHAR(300) NOT NULL, 
	difference VARCHAR(64) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	words VARCHAR(1000) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause_id VARCHAR(100) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_settlement_answers PRIMARY KEY (id), 
	CONSTRAINT uq_settlement_answers_cause_kind_cause_id_code_subject_difference UNIQUE (cause_kind, cause_id, code, subject, difference)
);
CREATE TABLE settlement_charges (
	id INTEGER NOT NULL, 
	file INTEGER NOT NULL, 
	line BIGINT NOT NULL, 
	provider VARCHAR(100) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	day DATE, 
	amount BIGINT, 
	facts TEXT NOT NULL, 
	CONSTRAINT pk_settlement_charges PRIMARY KEY (id), 
	CONSTRAINT uq_settlement_charges_file_line UNIQUE (file, line), 
	CONSTRAINT fk_settlement_charges_file_settlement_files FOREIGN KEY(file) REFERENCES settlement_files (id)
);
CREATE TABLE settlement_days (
	id INTEGER NOT NULL, 
	company VARCHAR(20) NOT NULL, 
	day DATE NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	figures TEXT NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause_id VARCHAR(100) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_settlement_days PRIMARY KEY (id)
);
CREATE TABLE settlement_declared (
	id INTEGER NOT NULL, 
	order_no VARCHAR(100) NOT NULL, 
	payment_no VARCHAR(100) NOT NULL, 
	company_code VARCHAR(100) NOT NULL, 
	amount BIGINT NOT NULL, 
	paid_at DATETIME NOT NULL, 
	declared_at DATETIME, 
	bill_order_no VARCHAR(100) NOT NULL, 
	standing VARCHAR(20) NOT NULL, 
	standing_since DATETIME, 
	payer_is_buyer BOOLEAN, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause_id VARCHAR(100) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_settlement_declared PRIMARY KEY (id)
);
CREATE TABLE settlement_faults (
	file INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	line BIGINT NOT NULL, 
	zh VARCHAR(1000) NOT NULL, 
	en VARCHAR(1000) NOT NULL, 
	CONSTRAINT pk_settlement_faults PRIMARY KEY (file, place), 
	CONSTRAINT fk_settlement_faults_file_settlement_files FOREIGN KEY(file) REFERENCES settlement_files (id)
);
CREATE TABLE settlement_file_days (
	file INTEGER NOT NULL, 
	day DATE NOT NULL, 
	rows INTEGER NOT NULL, 
	repeated INTEGER NOT NULL, 
	CONSTRAINT pk_settlement_file_days PRIMARY KEY (file, day), 
	CONSTRAINT fk_settlement_file_days_file_settlement_files FOREIGN KEY(file) REFERENCES settlement_files (id)
);
INSERT INTO "settlement_file_days" VALUES(1,'2026-11-11',5,0);
CREATE TABLE settlement_files (
	id INTEGER NOT NULL, 
	provider VARCHAR(100) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause_id VARCHAR(100) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_settlement_files PRIMARY KEY (id), 
	CONSTRAINT uq_settlement_files_provider_kind_digest UNIQUE (provider, kind, digest)
);
INSERT INTO "settlement_files" VALUES(1,'wechat','trade','40851aba138626661ed7bfa66544daa3056e019285e92b226ea6dcae2a1a8437','wechat.csv','file','40851aba138626661ed7bfa66544daa3056e019285e92b226ea6dcae2a1a8437','','2026-11-11 08:00:00.000000');
CREATE TABLE settlement_funds (
	id INTEGER NOT NULL, 
	file INTEGER NOT NULL, 
	line BIGINT NOT NULL, 
	company VARCHAR(20) NOT NULL, 
	flow_no VARCHAR(100) NOT NULL, 
	day DATE NOT NULL, 
	at DATETIME NOT NULL, 
	merchant VARCHAR(100) NOT NULL, 
	transaction_no VARCHAR(100) NOT NULL, 
	order_no VARCHAR(100) NOT NULL, 
	purpose VARCHAR(100) NOT NULL, 
	amount BIGINT NOT NULL, 
	balance BIGINT NOT NULL, 
	CONSTRAINT pk_settlement_funds PRIMARY KEY (id), 
	CONSTRAINT uq_settlement_funds_company_flow_no UNIQUE (company, flow_no), 
	CONSTRAINT fk_settlement_funds_file_settlement_files FOREIGN KEY(file) REFERENCES settlement_files (id)
);
CREATE TABLE settlement_own_figures (
	id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	day DATE, 
	facts TEXT NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause_id VARCHAR(100) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_settlement_own_figures PRIMARY KEY (id)
);
CREATE TABLE settlement_payments (
	id INTEGER NOT NULL, 
	file INTEGER NOT NULL, 
	line BIGINT NOT NULL, 
	company VARCHAR(20) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	day DATE NOT NULL, 
	at DATETIME NOT NULL, 
	merchant VARCHAR(100) NOT NULL, 
	transaction_no VARCHAR(100) NOT NULL, 
	order_no VARCHAR(100) NOT NULL, 
	refund_no VARCHAR(100) NOT NULL, 
	ordered BIGINT NOT NULL, 
	settled BIGINT NOT NULL, 
	coupon BIGINT NOT NULL, 
	asked BIGINT NOT NULL, 
	refunded BIGINT NOT NULL, 
	fee BIGINT NOT NULL, 
	rate BIGINT, 
	state VARCHAR(20) NOT NULL, 
	CONSTRAINT pk_settlement_payments PRIMARY KEY (id), 
	CONSTRAINT uq_settlement_payments_company_kind_key UNIQUE (company, kind, "key"), 
	CONSTRAINT fk_settlement_payments_file_settlement_files FOREIGN KEY(file) REFERENCES settlement_files (id)
);
INSERT INTO "settlement_payments" VALUES(1,1,2,'wechat','paid','4200000000202611110100000001','2026-11-11','2026-11-11 11:14:33.000000','1999000009','4200000000202611110100000001','W202611110100000001','',54503,54503,0,0,0,327000,600,'SUCCESS');
INSERT INTO "settlement_payments" VALUES(2,1,3,'wechat','paid','4200000000202611110100000004','2026-11-11','2026-11-11 18:29:51.000000','1999000009','4200000000202611110100000004','W202611110100000004','',292695,292695,0,0,0,1756000,600,'SUCCESS');
INSERT INTO "settlement_payments" VALUES(3,1,4,'wechat','paid','4200000000202611110100000002','2026-11-11','2026-11-11 04:37:51.000000','1999000009','4200000000202611110100000002','W202611110100000002','',280367,279867,0,0,0,1679000,600,'SUCCESS');
INSERT INTO "settlement_payments" VALUES(4,1,5,'wechat','paid','4200000000202611110100000000','2026-11-11','2026-11-11 10:29:49.000000','1999000009','4200000000202611110100000000','W202611110100000000','',39220,39220,0,0,0,235000,600,'SUCCESS');
INSERT INTO "settlement_payments" VALUES(5,1,6,'wechat','paid','4200000000202611110100000003','2026-11-11','2026-11-11 13:06:10.000000','1999000009','4200000000202611110100000003','W202611110100000003','',61827,61327,0,0,0,368000,600,'SUCCESS');
CREATE TABLE settlement_refunds (
	id INTEGER NOT NULL, 
	refund_no VARCHAR(100) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause_id VARCHAR(100) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_settlement_refunds PRIMARY KEY (id)
);
CREATE TABLE tax_bill_accounts (
	id INTEGER NOT NULL, 
	tax_bill_no VARCHAR(100) NOT NULL, 
	CONSTRAINT pk_tax_bill_accounts PRIMARY KEY (id), 
	CONSTRAINT uq_tax_bill_accounts_tax_bill_no UNIQUE (tax_bill_no)
);
INSERT INTO "tax_bill_accounts" VALUES(1,'T1');
INSERT INTO "tax_bill_accounts" VALUES(2,'T2');
INSERT INTO "tax_bill_accounts" VALUES(3,'T3');
CREATE TABLE tax_bill_entries (
	account INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	place_before INTEGER, 
	kind VARCHAR(20) NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	"by" VARCHAR(100) DEFAULT '' NOT NULL, 
	why VARCHAR(1000) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	stated VARCHAR(32) NOT NULL, 
	tariff_before BIGINT NOT NULL, 
	consumption_before BIGINT NOT NULL, 
	vat_before BIGINT NOT NULL, 
	tariff BIGINT NOT NULL, 
	consumption BIGINT NOT NULL, 
	vat BIGINT NOT NULL, 
	CONSTRAINT pk_tax_bill_entries PRIMARY KEY (account, place), 
	CONSTRAINT uq_tax_bill_entries_account_place_tariff_consumption_vat UNIQUE (account, place, tariff, consumption, vat), 
	CONSTRAINT uq_tax_bill_entries_account_kind_cause_kind_cause UNIQUE (account, kind, cause_kind, cause), 
	CONSTRAINT ck_tax_bill_entries_chain CHECK ((place = 1 AND place_before IS NULL AND tariff_before = 0 AND consumption_before = 0 AND vat_before = 0) OR (place > 1 AND place_before IS NOT NULL AND place_before = place - 1)), 
	CONSTRAINT fk_tax_bill_entries_account_tax_bill_entries FOREIGN KEY(account, place_before, tariff_before, consumption_before, vat_before) REFERENCES tax_bill_entries (account, place, tariff, consumption, vat), 
	CONSTRAINT fk_tax_bill_entries_account_tax_bill_accounts FOREIGN KEY(account) REFERENCES tax_bill_accounts (id)
);
INSERT INTO "tax_bill_entries" VALUES(1,1,NULL,'new','receipt','T11','','','2026-11-11 08:00:00.000000','12b82f39f47711e85c859fa67448936b',0,0,0,0,0,910);
INSERT INTO "tax_bill_entries" VALUES(2,1,NULL,'new','receipt','T21','','','2026-11-11 08:00:00.000000','12b82f39f47711e85c859fa67448936b',0,0,0,0,0,910);
INSERT INTO "tax_bill_entries" VALUES(2,2,1,'gathered','receipt','T22','','','2026-11-11 08:00:00.000000','22b82f39f47711e85c859fa67448936b',0,0,910,0,0,910);
INSERT INTO "tax_bill_entries" VALUES(3,1,NULL,'new','receipt','T31','','','2026-11-11 08:00:00.000000','12b82f39f47711e85c859fa67448936b',0,0,0,0,0,910);
INSERT INTO "tax_bill_entries" VALUES(3,2,1,'void','receipt','T33','','','2026-11-11 08:00:00.000000','32b82f39f47711e85c859fa67448936b',0,0,910,0,0,0);
CREATE TABLE tax_bills (
	account INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	tax_bill_no VARCHAR(100) NOT NULL, 
	list_no VARCHAR(100) NOT NULL, 
	order_no VARCHAR(100) NOT NULL, 
	waybill_no VARCHAR(100) NOT NULL, 
	guarantor_code VARCHAR(100) NOT NULL, 
	merchant_code VARCHAR(100) NOT NULL, 
	status VARCHAR(1) NOT NULL, 
	payment_form_no VARCHAR(100) NOT NULL, 
	month VARCHAR(7) NOT NULL, 
	made_at DATETIME, 
	tariff BIGINT NOT NULL, 
	consumption BIGINT NOT NULL, 
	vat BIGINT NOT NULL, 
	lines TEXT NOT NULL, 
	figures VARCHAR(32) NOT NULL, 
	complete BOOLEAN NOT NULL, 
	paid BOOLEAN NOT NULL, 
	CONSTRAINT pk_tax_bills PRIMARY KEY (account), 
	CONSTRAINT fk_tax_bills_account_tax_bill_entries FOREIGN KEY(account, place) REFERENCES tax_bill_entries (account, place), 
	CONSTRAINT uq_tax_bills_tax_bill_no UNIQUE (tax_bill_no)
);
INSERT INTO "tax_bills" VALUES(1,1,'T1','LT1','OT1','','G1','','1','','2026-11','2026-11-11 08:00:00.000000',0,0,910,'[]','2b82f39f47711e85c859fa67448936b1',1,0);
INSERT INTO "tax_bills" VALUES(2,2,'T2','LT2','OT2','','G1','','2','','2026-11','2026-11-11 08:00:00.000000',0,0,910,'[]','2b82f39f47711e85c859fa67448936b1',1,0);
INSERT INTO "tax_bills" VALUES(3,2,'T3','LT3','OT3','','G1','','3','','2026-11','2026-11-11 08:00:00.000000',0,0,910,'[]','2b82f39f47711e85c859fa67448936b1',1,0);
CREATE TABLE tax_payments (
	payment_form_no VARCHAR(100) NOT NULL, 
	amount BIGINT NOT NULL, 
	paid_on DATE NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_tax_payments PRIMARY KEY (payment_form_no)
);
CREATE TABLE trace_entries (
	id INTEGER NOT NULL, 
	stated VARCHAR(32) NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	code VARCHAR(100) NOT NULL, 
	sku VARCHAR(100) NOT NULL, 
	batch VARCHAR(100) NOT NULL, 
	order_no VARCHAR(100) NOT NULL, 
	waybill_no VARCHAR(100) NOT NULL, 
	number VARCHAR(100) NOT NULL, 
	line INTEGER NOT NULL, 
	quantity BIGINT NOT NULL, 
	at DATETIME, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	cause_why VARCHAR(500) NOT NULL, 
	entered_at DATETIME NOT NULL, 
	CONSTRAINT pk_trace_entries PRIMARY KEY (id), 
	CONSTRAINT uq_trace_entries_stated UNIQUE (stated)
);
CREATE TABLE trace_lots (
	id INTEGER NOT NULL, 
	stated VARCHAR(32) NOT NULL, 
	sku VARCHAR(100) NOT NULL, 
	batch VARCHAR(100) NOT NULL, 
	ems_no VARCHAR(100) NOT NULL, 
	origin_country VARCHAR(100) NOT NULL, 
	brand VARCHAR(100) NOT NULL, 
	maker VARCHAR(100) NOT NULL, 
	bond_no VARCHAR(100) NOT NULL, 
	entry_no VARCHAR(100) NOT NULL, 
	port VARCHAR(100) NOT NULL, 
	arrived_on DATE, 
	produced_on DATE, 
	expires_on DATE, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	cause_why VARCHAR(500) NOT NULL, 
	entered_at DATETIME NOT NULL, 
	CONSTRAINT pk_trace_lots PRIMARY KEY (id), 
	CONSTRAINT uq_trace_lots_stated UNIQUE (stated)
);
CREATE TABLE trace_withdrawals (
	entry INTEGER NOT NULL, 
	cause_kind VARCHAR(20) NOT NULL, 
	cause VARCHAR(200) NOT NULL, 
	cause_by VARCHAR(100) NOT NULL, 
	cause_why VARCHAR(500) NOT NULL, 
	entered_at DATETIME NOT NULL, 
	CONSTRAINT pk_trace_withdrawals PRIMARY KEY (entry), 
	CONSTRAINT fk_trace_withdrawals_entry_trace_entries FOREIGN KEY(entry) REFERENCES trace_entries (id)
);
CREATE INDEX ix_quota_entries_order ON quota_entries ("order");
CREATE TRIGGER quota_entries_UPDATE_refused BEFORE UPDATE ON quota_entries
BEGIN SELECT RAISE(ABORT, 'entries of quota_entries are only appended'); END;
CREATE TRIGGER quota_entries_DELETE_refused BEFORE DELETE ON quota_entries
BEGIN SELECT RAISE(ABORT, 'entries of quota_entries are only appended'); END;
CREATE TRIGGER tax_bill_entries_UPDATE_refused BEFORE UPDATE ON tax_bill_entries
BEGIN SELECT RAISE(ABORT, 'entries of tax_bill_entries are only appended'); END;
CREATE TRIGGER tax_bill_entries_DELETE_refused BEFORE DELETE ON tax_bill_entries
BEGIN SELECT RAISE(ABORT, 'entries of tax_bill_entries are only appended'); END;
CREATE TRIGGER parcel_tax_entries_UPDATE_refused BEFORE UPDATE ON parcel_tax_entries
BEGIN SELECT RAISE(ABORT, 'entries of parcel_tax_entries are only appended'); END;
CREATE TRIGGER parcel_tax_entries_DELETE_refused BEFORE DELETE ON parcel_tax_entries
BEGIN SELECT RAISE(ABORT, 'entries of parcel_tax_entries are only appended'); END;
CREATE TRIGGER guarantee_entries_UPDATE_refused BEFORE UPDATE ON guarantee_entries
BEGIN SELECT RAISE(ABORT, 'entries of guarantee_entries are only appended'); END;
CREATE TRIGGER guarantee_entries_DELETE_refused BEFORE DELETE ON guarantee_entries
BEGIN SELECT RAISE(ABORT, 'entries of guarantee_entries are only appended'); END;
CREATE INDEX ix_tax_bills_month ON tax_bills (month);
CREATE INDEX ix_tax_bills_order_no ON tax_bills (order_no);
CREATE INDEX ix_tax_bills_figures ON tax_bills (figures);
CREATE INDEX ix_tax_bills_list_no ON tax_bills (list_no);
CREATE INDEX ix_tax_bills_payment_form_no ON tax_bills (payment_form_no);
CREATE INDEX ix_tax_bills_guarantor_code ON tax_bills (guarantor_code);
CREATE INDEX ix_parcel_taxes_month ON parcel_taxes (month);
CREATE INDEX ix_parcel_taxes_figures ON parcel_taxes (figures);
CREATE INDEX ix_parcel_taxes_list_no ON parcel_taxes (list_no);
CREATE INDEX ix_parcel_taxes_guarantor_code ON parcel_taxes (guarantor_code);
CREATE TRIGGER tax_payments_UPDATE_refused BEFORE UPDATE ON tax_payments
BEGIN SELECT RAISE(ABORT, 'entries of tax_payments are only appended'); END;
CREATE TRIGGER tax_payments_DELETE_refused BEFORE DELETE ON tax_payments
BEGIN SELECT RAISE(ABORT, 'entries of tax_payments are only appended'); END;
CREATE INDEX ix_settlement_declared_order_no_id ON settlement_declared (order_no, id);
CREATE INDEX ix_settlement_declared_payment_no ON settlement_declared (payment_no);
CREATE INDEX ix_settlement_declared_bill_order_no ON settlement_declared (bill_order_no);
CREATE INDEX ix_settlement_refunds_refund_no_id ON settlement_refunds (refund_no, id);
CREATE INDEX ix_settlement_answers_subject ON settlement_answers (subject);
CREATE INDEX ix_settlement_days_company_day_id ON settlement_days (company, day, id);
CREATE INDEX ix_settlement_own_figures_kind_key_id ON settlement_own_figures (kind, "key", id);
CREATE INDEX ix_settlement_file_days_day ON settlement_file_days (day);
CREATE INDEX ix_settlement_payments_transaction_no ON settlement_payments (transaction_no);
CREATE INDEX ix_settlement_payments_order_no ON settlement_payments (order_no);
CREATE INDEX ix_settlement_payments_day ON settlement_payments (day);
CREATE INDEX ix_settlement_funds_transaction_no ON settlement_funds (transaction_no);
CREATE INDEX ix_settlement_charges_provider_kind_key ON settlement_charges (provider, kind, "key");
CREATE TRIGGER settlement_files_UPDATE_refused BEFORE UPDATE ON settlement_files
BEGIN SELECT RAISE(ABORT, 'entries of settlement_files are only appended'); END;
CREATE TRIGGER settlement_files_DELETE_refused BEFORE DELETE ON settlement_files
BEGIN SELECT RAISE(ABORT, 'entries of settlement_files are only appended'); END;
CREATE TRIGGER settlement_file_days_UPDATE_refused BEFORE UPDATE ON settlement_file_days
BEGIN SELECT RAISE(ABORT, 'entries of settlement_file_days are only appended'); END;
CREATE TRIGGER settlement_file_days_DELETE_refused BEFORE DELETE ON settlement_file_days
BEGIN SELECT RAISE(ABORT, 'entries of settlement_file_days are only appended'); END;
CREATE TRIGGER settlement_faults_UPDATE_refused BEFORE UPDATE ON settlement_faults
BEGIN SELECT RAISE(ABORT, 'entries of settlement_faults are only appended'); END;
CREATE TRIGGER settlement_faults_DELETE_refused BEFORE DELETE ON settlement_faults
BEGIN SELECT RAISE(ABORT, 'entries of settlement_faults are only appended'); END;
CREATE TRIGGER settlement_payments_UPDATE_refused BEFORE UPDATE ON settlement_payments
BEGIN SELECT RAISE(ABORT, 'entries of settlement_payments are only appended'); END;
CREATE TRIGGER settlement_payments_DELETE_refused BEFORE DELETE ON settlement_payments
BEGIN SELECT RAISE(ABORT, 'entries of settlement_payments are only appended'); END;
CREATE TRIGGER settlement_funds_UPDATE_refused BEFORE UPDATE ON settlement_funds
BEGIN SELECT RAISE(ABORT, 'entries of settlement_funds are only appended'); END;
CREATE TRIGGER settlement_funds_DELETE_refused BEFORE DELETE ON settlement_funds
BEGIN SELECT RAISE(ABORT, 'entries of settlement_funds are only appended'); END;
CREATE TRIGGER settlement_declared_UPDATE_refused BEFORE UPDATE ON settlement_declared
BEGIN SELECT RAISE(ABORT, 'entries of settlement_declared are only appended'); END;
CREATE TRIGGER settlement_declared_DELETE_refused BEFORE DELETE ON settlement_declared
BEGIN SELECT RAISE(ABORT, 'entries of settlement_declared are only appended'); END;
CREATE TRIGGER settlement_refunds_UPDATE_refused BEFORE UPDATE ON settlement_refunds
BEGIN SELECT RAISE(ABORT, 'entries of settlement_refunds are only appended'); END;
CREATE TRIGGER settlement_refunds_DELETE_refused BEFORE DELETE ON settlement_refunds
BEGIN SELECT RAISE(ABORT, 'entries of settlement_refunds are only appended'); END;
CREATE TRIGGER settlement_answers_UPDATE_refused BEFORE UPDATE ON settlement_answers
BEGIN SELECT RAISE(ABORT, 'entries of settlement_answers are only appended'); END;
CREATE TRIGGER settlement_answers_DELETE_refused BEFORE DELETE ON settlement_answers
BEGIN SELECT RAISE(ABORT, 'entries of settlement_answers are only appended'); END;
CREATE TRIGGER settlement_days_UPDATE_refused BEFORE UPDATE ON settlement_days
BEGIN SELECT RAISE(ABORT, 'entries of settlement_days are only appended'); END;
CREATE TRIGGER settlement_days_DELETE_refused BEFORE DELETE ON settlement_days
BEGIN SELECT RAISE(ABORT, 'entries of settlement_days are only appended'); END;
CREATE TRIGGER settlement_charges_UPDATE_refused BEFORE UPDATE ON settlement_charges
BEGIN SELECT RAISE(ABORT, 'entries of settlement_charges are only appended'); END;
CREATE TRIGGER settlement_charges_DELETE_refused BEFORE DELETE ON settlement_charges
BEGIN SELECT RAISE(ABORT, 'entries of settlement_charges are only appended'); END;
CREATE TRIGGER settlement_own_figures_UPDATE_refused BEFORE UPDATE ON settlement_own_figures
BEGIN SELECT RAISE(ABORT, 'entries of settlement_own_figures are only appended'); END;
CREATE TRIGGER settlement_own_figures_DELETE_refused BEFORE DELETE ON settlement_own_figures
BEGIN SELECT RAISE(ABORT, 'entries of settlement_own_figures are only appended'); END;
CREATE INDEX ix_goods_records_account_book_no ON goods_records (account_book_no);
CREATE INDEX ix_goods_versions_record_no ON goods_versions (record_no);
CREATE TRIGGER goods_versions_UPDATE_refused BEFORE UPDATE ON goods_versions
BEGIN SELECT RAISE(ABORT, 'entries of goods_versions are only appended'); END;
CREATE TRIGGER goods_versions_DELETE_refused BEFORE DELETE ON goods_versions
BEGIN SELECT RAISE(ABORT, 'entries of goods_versions are only appended'); END;
CREATE TRIGGER goods_changes_UPDATE_refused BEFORE UPDATE ON goods_changes
BEGIN SELECT RAISE(ABORT, 'entries of goods_changes are only appended'); END;
CREATE TRIGGER goods_changes_DELETE_refused BEFORE DELETE ON goods_changes
BEGIN SELECT RAISE(ABORT, 'entries of goods_changes are only appended'); END;
CREATE INDEX ix_party_registrations_code ON party_registrations (code);
CREATE INDEX ix_party_agreements_platform_code ON party_agreements (platform_code);
CREATE TRIGGER party_registrations_UPDATE_refused BEFORE UPDATE ON party_registrations
BEGIN SELECT RAISE(ABORT, 'entries of party_registrations are only appended'); END;
CREATE TRIGGER party_registrations_DELETE_refused BEFORE DELETE ON party_registrations
BEGIN SELECT RAISE(ABORT, 'entries of party_registrations are only appended'); END;
CREATE TRIGGER party_agreements_UPDATE_refused BEFORE UPDATE ON party_agreements
BEGIN SELECT RAISE(ABORT, 'entries of party_agreements are only appended'); END;
CREATE TRIGGER party_agreements_DELETE_refused BEFORE DELETE ON party_agreements
BEGIN SELECT RAISE(ABORT, 'entries of party_agreements are only appended'); END;
CREATE INDEX ix_book_entries_paper ON book_entries (paper);
CREATE TRIGGER book_entries_UPDATE_refused BEFORE UPDATE ON book_entries
BEGIN SELECT RAISE(ABORT, 'entries of book_entries are only appended'); END;
CREATE TRIGGER book_entries_DELETE_refused BEFORE DELETE ON book_entries
BEGIN SELECT RAISE(ABORT, 'entries of book_entries are only appended'); END;
CREATE INDEX ix_book_paper_numbers_paper ON book_paper_numbers (paper);
CREATE TRIGGER book_sayings_UPDATE_refused BEFORE UPDATE ON book_sayings
BEGIN SELECT RAISE(ABORT, 'entries of book_sayings are only appended'); END;
CREATE TRIGGER book_sayings_DELETE_refused BEFORE DELETE ON book_sayings
BEGIN SELECT RAISE(ABORT, 'entries of book_sayings are only appended'); END;
CREATE INDEX ix_book_bindings_list_no ON book_bindings (list_no);
CREATE TRIGGER book_statements_UPDATE_refused BEFORE UPDATE ON book_statements
BEGIN SELECT RAISE(ABORT, 'entries of book_statements are only appended'); END;
CREATE TRIGGER book_statements_DELETE_refused BEFORE DELETE ON book_statements
BEGIN SELECT RAISE(ABORT, 'entries of book_statements are only appended'); END;
CREATE INDEX ix_contacts_hash ON contacts (hash);
CREATE INDEX ix_contacts_person ON contacts (person);
CREATE INDEX ix_risk_orders_telephone ON risk_orders (telephone);
CREATE INDEX ix_risk_orders_person ON risk_orders (person);
CREATE INDEX ix_risk_orders_day ON risk_orders (day);
CREATE INDEX ix_risk_orders_address ON risk_orders (address);
CREATE INDEX ix_risk_orders_consignee_telephone ON risk_orders (consignee_telephone);
CREATE INDEX ix_risk_lines_order_row ON risk_lines (order_row);
CREATE INDEX ix_risk_lines_article ON risk_lines (article);
CREATE TRIGGER risk_orders_UPDATE_refused BEFORE UPDATE ON risk_orders
BEGIN SELECT RAISE(ABORT, 'entries of risk_orders are only appended'); END;
CREATE TRIGGER risk_orders_DELETE_refused BEFORE DELETE ON risk_orders
BEGIN SELECT RAISE(ABORT, 'entries of risk_orders are only appended'); END;
CREATE TRIGGER risk_lines_UPDATE_refused BEFORE UPDATE ON risk_lines
BEGIN SELECT RAISE(ABORT, 'entries of risk_lines are only appended'); END;
CREATE TRIGGER risk_lines_DELETE_refused BEFORE DELETE ON risk_lines
BEGIN SELECT RAISE(ABORT, 'entries of risk_lines are only appended'); END;
CREATE TRIGGER risk_courses_UPDATE_refused BEFORE UPDATE ON risk_courses
BEGIN SELECT RAISE(ABORT, 'entries of risk_courses are only appended'); END;
CREATE TRIGGER risk_courses_DELETE_refused BEFORE DELETE ON risk_courses
BEGIN SELECT RAISE(ABORT, 'entries of risk_courses are only appended'); END;
CREATE INDEX ix_declared_parcels_waybill_no ON declared_parcels (waybill_no);
CREATE INDEX ix_declared_parcels_order_no ON declared_parcels (order_no);
CREATE INDEX ix_declared_parcels_payment_no ON declared_parcels (payment_no);
CREATE INDEX ix_declared_parcels_internal_no ON declared_parcels (internal_no);
CREATE INDEX ix_declared_messages_number ON declared_messages (number);
CREATE INDEX ix_declared_carried_message ON declared_carried (message);
CREATE INDEX ix_declared_keys_parcel ON declared_keys (parcel);
CREATE TRIGGER declared_parcels_UPDATE_refused BEFORE UPDATE ON declared_parcels
BEGIN SELECT RAISE(ABORT, 'entries of declared_parcels are only appended'); END;
CREATE TRIGGER declared_parcels_DELETE_refused BEFORE DELETE ON declared_parcels
BEGIN SELECT RAISE(ABORT, 'entries of declared_parcels are only appended'); END;
CREATE TRIGGER declared_messages_UPDATE_refused BEFORE UPDATE ON declared_messages
BEGIN SELECT RAISE(ABORT, 'entries of declared_messages are only appended'); END;
CREATE TRIGGER declared_messages_DELETE_refused BEFORE DELETE ON declared_messages
BEGIN SELECT RAISE(ABORT, 'entries of declared_messages are only appended'); END;
CREATE TRIGGER declared_carried_UPDATE_refused BEFORE UPDATE ON declared_carried
BEGIN SELECT RAISE(ABORT, 'entries of declared_carried are only appended'); END;
CREATE TRIGGER declared_carried_DELETE_refused BEFORE DELETE ON declared_carried
BEGIN SELECT RAISE(ABORT, 'entries of declared_carried are only appended'); END;
CREATE TRIGGER declared_keys_UPDATE_refused BEFORE UPDATE ON declared_keys
BEGIN SELECT RAISE(ABORT, 'entries of declared_keys are only appended'); END;
CREATE TRIGGER declared_keys_DELETE_refused BEFORE DELETE ON declared_keys
BEGIN SELECT RAISE(ABORT, 'entries of declared_keys are only appended'); END;
CREATE TRIGGER declared_releases_UPDATE_refused BEFORE UPDATE ON declared_releases
BEGIN SELECT RAISE(ABORT, 'entries of declared_releases are only appended'); END;
CREATE TRIGGER declared_releases_DELETE_refused BEFORE DELETE ON declared_releases
BEGIN SELECT RAISE(ABORT, 'entries of declared_releases are only appended'); END;
CREATE TRIGGER declared_freed_UPDATE_refused BEFORE UPDATE ON declared_freed
BEGIN SELECT RAISE(ABORT, 'entries of declared_freed are only appended'); END;
CREATE TRIGGER declared_freed_DELETE_refused BEFORE DELETE ON declared_freed
BEGIN SELECT RAISE(ABORT, 'entries of declared_freed are only appended'); END;
CREATE INDEX ix_trace_lots_sku_batch ON trace_lots (sku, batch);
CREATE INDEX ix_trace_entries_order_no ON trace_entries (order_no);
CREATE INDEX ix_trace_entries_sku_batch ON trace_entries (sku, batch);
CREATE INDEX ix_trace_entries_waybill_no ON trace_entries (waybill_no);
CREATE INDEX ix_trace_entries_code ON trace_entries (code);
CREATE TRIGGER trace_lots_UPDATE_refused BEFORE UPDATE ON trace_lots
BEGIN SELECT RAISE(ABORT, 'entries of trace_lots are only appended'); END;
CREATE TRIGGER trace_lots_DELETE_refused BEFORE DELETE ON trace_lots
BEGIN SELECT RAISE(ABORT, 'entries of trace_lots are only appended'); END;
CREATE TRIGGER trace_entries_UPDATE_refused BEFORE UPDATE ON trace_entries
BEGIN SELECT RAISE(ABORT, 'entries of trace_entries are only appended'); END;
CREATE TRIGGER trace_entries_DELETE_refused BEFORE DELETE ON trace_entries
BEGIN SELECT RAISE(ABORT, 'entries of trace_entries are only appended'); END;
CREATE TRIGGER trace_withdrawals_UPDATE_refused BEFORE UPDATE ON trace_withdrawals
BEGIN SELECT RAISE(ABORT, 'entries of trace_withdrawals are only appended'); END;
CREATE TRIGGER trace_withdrawals_DELETE_refused BEFORE DELETE ON trace_withdrawals
BEGIN SELECT RAISE(ABORT, 'entries of trace_withdrawals are only appended'); END;
CREATE INDEX ix_parcel_taxes_waybill_no ON parcel_taxes (waybill_no);
CREATE INDEX ix_book_papers_order_no ON book_papers (order_no);
CREATE INDEX ix_book_papers_same_as ON book_papers (same_as);
CREATE INDEX ix_party_papers_code ON party_papers (code);
CREATE TRIGGER party_papers_UPDATE_refused BEFORE UPDATE ON party_papers
BEGIN SELECT RAISE(ABORT, 'entries of party_papers are only appended'); END;
CREATE TRIGGER party_papers_DELETE_refused BEFORE DELETE ON party_papers
BEGIN SELECT RAISE(ABORT, 'entries of party_papers are only appended'); END;
CREATE INDEX ix_party_registrations_credit_code ON party_registrations (credit_code);
CREATE INDEX ix_exchange_salts_owner ON exchange_salts (owner);
CREATE INDEX ix_exchange_messages_box_state_due ON exchange_messages (box, state, due);
CREATE INDEX ix_exchange_messages_box_file_key ON exchange_messages (box, file_key);
CREATE INDEX ix_exchange_items_box_kind_placed ON exchange_items (box, kind, placed);
CREATE INDEX ix_exchange_documents_guid ON exchange_documents (guid);
CREATE INDEX ix_exchange_documents_number ON exchange_documents (number);
CREATE INDEX ix_exchange_events_message ON exchange_events (message);
CREATE INDEX ix_exchange_lines_key_digest ON exchange_lines (key_digest);
CREATE TRIGGER exchange_events_UPDATE_refused BEFORE UPDATE ON exchange_events
BEGIN SELECT RAISE(ABORT, 'entries of exchange_events are only appended'); END;
CREATE TRIGGER exchange_events_DELETE_refused BEFORE DELETE ON exchange_events
BEGIN SELECT RAISE(ABORT, 'entries of exchange_events are only appended'); END;
COMMIT;
