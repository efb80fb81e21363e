# ruff: noqa: E501
"""The Chinese of help and usage errors (帮助与用法提示的中文), one table by the English text, and their choice by language.

>>> HELP["Show the version."]
'显示版本号。'
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from typer import rich_utils

from customs.cli.language import Language, language, words

#: Chinese in an English text, with the blank before it.
_CHINESE = re.compile(r"\s*[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")

#: The Chinese of each help text, by the English one with single blanks.
HELP: Mapping[str, str] = {
    "Declare cross-border e-commerce parcels to China Customs.": "跨境电商零售进口申报。",
    "Show this message and exit.": "显示帮助并退出。",
    "Show the version.": "显示版本号。",
    "Language of help and output; by default CUSTOMS_LANG, or that of the locale.": "帮助与输出的语言；默认取 CUSTOMS_LANG，否则随系统区域设置。",
    "Install completion for the current shell.": "为当前 shell 安装命令补全。",
    "Show completion for the current shell, to copy it or customize the installation.": "显示当前 shell 的补全脚本，供复制或自行安装。",
    "Print fictitious parcels as JSON lines, or write a shop that declares them, to try the library with.": "输出虚构的包裹（JSON Lines），或写出一个可直接申报的虚构店铺，供试用。",
    "How many parcels or orders.": "包裹或订单数量。",
    "The same seed gives the same parcels.": "相同的种子得到相同的包裹。",
    "Trade mode.": "贸易方式。",
    "Write the schemas: XSD of the messages and the envelope, JSON Schema of documents and parcel.": "输出结构定义：报文与外层封装的 XSD，单证与包裹的 JSON Schema。",
    "Folder for the files.": "输出目录。",
    "Write signed messages for an order list or a file of parcels. What is refused is given back with the reasons.": "由订单表或包裹文件生成已签名的报文；被退回的连同原因一并交还。",
    "Running it again is always safe: what was declared is skipped, what was interrupted is finished.": "可放心重复执行：已申报的跳过，中断的续办。",
    "Folder for a fictitious shop instead: test key, enterprise file, goods list and order list.": "改为写出虚构店铺的目录：测试密钥、企业档案、商品备案表、订单表。",
    "Order list, XLSX, CSV or JSON.": "订单表（XLSX、CSV 或 JSON）。",
    "Parcels as JSON lines, - reads standard input; an order list where --config is given.": "包裹文件（JSON Lines），- 表示标准输入；给出 --config 时为订单表。",
    "Enterprise file; FILE is then an order list, XLSX, CSV or JSON.": "企业档案；此时 FILE 为订单表（XLSX、CSV 或 JSON）。",
    "Print the parcels of an order list as JSON lines, for other commands and programs.": "将订单表转为包裹（JSON Lines）输出，供其他命令和程序使用。",
    "Why an order cannot be composed stands on standard error.": "无法组成包裹的订单及原因写入标准错误。",
    "Parcels as JSON lines; - reads standard input.": "包裹文件（JSON Lines）；- 表示标准输入。",
    "Folder for the messages, and for what was refused.": "报文及退回内容的输出目录。",
    "Folder of the journal, which knows what was declared; OUT if left out.": "登记簿所在的状态目录，记录已申报内容；默认同 --out。",
    "Processes that declare a file of parcels at once.": "同时申报包裹文件的进程数。",
    "Only finish an interrupted run; exit 2 if there is none.": "仅续办中断的作业；没有则退出码为 2。",
    "Customs district, or the file of a profile; if left out 'unified', the national edition.": "关区名称或关区配置文件；默认为 unified（全国统一版）。",
    "Settings of an area, TOML, which name it; see: areas settings.": "关区设置（TOML），其中写明关区；模板见 areas settings。",
    "RSA or SM2 key: PEM, DER, or PKCS#12 (.p12, .pfx); for one document: payment=FILE, and again for the next.": "RSA 或 SM2 私钥：PEM、DER 或 PKCS#12（.p12、.pfx）；按单证指定：payment=文件，可重复。",
    "Certificate, PEM or DER; not for PKCS#12 or PEM with both; for one document: payment=FILE, and again for the next.": "证书，PEM 或 DER；PKCS#12 或含证书的 PEM 无须给出；按单证指定：payment=文件，可重复。",
    "Only these documents, which your enterprise declares: order, payment, waybill; may be repeated.": "仅处理本企业申报的单证：order 订单、payment 支付凭证、waybill 运单；可重复。",
    "Declaration day, YYYY-MM-DD; today if left out.": "申报日期，YYYY-MM-DD；默认为今天。",
    "Time of submission in China, such as 2026-11-11T08:00:00.": "报送时间（北京时间），如 2026-11-11T08:00:00。",
    "Your own rates as CSV, instead of the shipped example.": "自备的税率表（CSV），代替随库示例。",
    "The month's customs exchange rate of the US dollar, for beer.": "当月海关美元计征汇率，用于啤酒。",
    "Bytes of a message at most; as the destinations in the enterprise file say, or 4 MiB, if left out.": (
        "每份报文的字节上限；默认按企业档案中的接入点，未设接入点则为 4 MiB。"
    ),
    "Repeatable guids, for tests only; random ones if left out.": "可重复的 guid，仅供测试；默认随机。",
    "Print JSON instead of tables.": "输出 JSON，不输出表格。",
    "Tax bills and guarantee: enter bills, reconcile months, foresee the guarantee.": "税单与担保：税单入账、按月对账、预判担保额度。",
    "Months such as 2026-11; all that the ledger has if left out.": "月份，如 2026-11；不填为账簿内全部月份。",
    "Folders with receipts, messages CEB816 and CEB818, or tables of bills.": "回执目录、CEB816 与 CEB818 报文，或税单表格。",
    "Enter tax bills and their status. Running it again changes nothing; a bill with other figures is named, and exits 1.": "登记税单及其状态。重复执行不产生变化；金额有变的税单逐张列出，退出码为 1。",
    "Enter the own assessment and the charge of the parcels of a file; nothing personal is kept. Exits 1 if one has no tax.": "登记包裹文件中各票的试算税款与向买家收取的税款，不保存个人信息；有一票无法计税时退出码为 1。",
    "Enter which parcels were released, cancelled or returned, as the receipts in folders say. Running it again changes nothing.": "按目录中的回执登记各票放行、撤单或退货；重复执行不产生变化。",
    "Show the months of the ledger, and of each payment form its bills against what was paid. Exits 1 if one is short or over.": "显示账簿内的月份，以及各缴款书的税单合计与已缴税款；少缴或多缴时退出码为 1。",
    "Write all lines and the totals to sign as XLSX.": "将逐票明细和供签字的合计写入 XLSX。",
    "Compare own assessment, tax bill and charge of every parcel of months, and name the causes. Exits 1 if one differs.": "逐票核对试算税款、税单与向买家收取的税款，并列明原因；有一票不符时退出码为 1。",
    "Show the totals of months: by month, by payment form and by cause.": "显示各月合计：按月、按缴款书、按原因。",
    "Number of the payment form (entDutyNo).": "缴款书编号（entDutyNo）。",
    "What was paid, in CNY.": "实缴金额（人民币元）。",
    "Enter that a payment form was paid: its bills then hold no guarantee. Exits 1 if it was entered before.": "登记缴款书已缴，其税单随即释放担保额度；此前已登记的，退出码为 1。",
    "Customs code of the guarantor.": "担保企业的海关代码。",
    "By how much the guarantee grows, in CNY; -40 lowers it.": "担保额度增加的金额（人民币元）；-40 表示减少。",
    "Raise or lower a guarantee. Exits 1 if the ticket was entered before.": "调增或调减担保额度；该工单此前已登记的，退出码为 1。",
    "Tax of the lists of a coming day, in CNY.": "预计每日清单税款（人民币元）。",
    "How many days to look ahead.": "预测的天数。",
    "Show what each guarantee still covers, and from which day customs would refuse lists (1311). Exits 1 if it runs out.": "显示各担保额度的可用金额，以及自哪一天起清单将因额度不足被退单（1311）；将用尽时退出码为 1。",
    "Account book: enter bond lists, show balances, compare with the stock.": "账册：核注清单入账、查询结存、与库存核对。",
    "Number of the account book; all that the ledger has if left out.": "账册编号；默认为账簿中的全部账册。",
    "Messages, and folders of them: INV101 to INV211, CEB621 to CEB626.": "报文或其所在目录：INV101 至 INV211、CEB621 至 CEB626。",
    "Enter bond lists, retail lists and their receipts in the book. Exits 1 if a file could not be entered.": "将核注清单、零售清单及其回执入账；有文件未能入账时退出码为 1。",
    "Running it again changes nothing: each message counts once.": "重复执行不产生变化：每份报文只计一次。",
    "Until the end of a day, month, half-year or year, such as 2026-10.": "截至某日、某月、某半年或某年末，如 2026-10。",
    "Show what a book holds by item. Exits 1 if it holds nothing.": "按商品项显示账册结存；没有结存时退出码为 1。",
    "Leave out parcels that were released no longer ago.": "不列放行未满此天数的包裹。",
    "Show released parcels that no out-list gathers, the oldest first, and out-lists that gather wrongly. Exits 1 if any does.": "列出已放行而未归入出区核注清单的包裹（最久的在前），以及归集有误的核注清单；有则退出码为 1。",
    "The warehouse's stock, CSV or XLSX.": "仓库库存表（CSV 或 XLSX）。",
    "Day, month, half-year or year at whose end the book is compared.": "比对截至的日、月、半年或年。",
    "The account book that the stock is of; all if left out.": "库存所属的账册编号；默认为全部账册。",
    "Movements of the warehouse, CSV or XLSX; may be repeated.": "仓库出入库流水（CSV 或 XLSX），可重复。",
    "Articles with their items and the factors between units, CSV or XLSX.": "货号与商品项、单位换算的对照表（CSV 或 XLSX）。",
    "Time of the last day at which the period ends; midnight if left out.": "周期末日的截止时刻；默认为当日终了。",
    "Time in China of the stock, such as 2026-10-31T20:00:00; the end of the period if left out.": "库存的时点（北京时间），如 2026-10-31T20:00:00；默认为周期末。",
    "Write the comparison as XLSX.": "将比对结果写成 XLSX。",
    "Compare the book with the stock of the warehouse, each difference with its causes and documents. Exits 1 if one differs.": "将账册与仓库库存核对，逐项列出差异原因与单证；有差异时退出码为 1。",
    "Yearly quota of buyers: ask, reserve, follow the receipts, correct.": "额度库：查询、预占、随回执变动、更正。",
    "Dutiable value of the order, in CNY.": "订单的计税价格（元）。",
    "Pieces of the order; one alone may exceed the single limit.": "订单件数；单件不可分割的可超过单次限值。",
    "Say whether a buyer may buy for an amount; the identity number is asked for. Exits 1 if not.": "判断订购人可否购买该金额；证件号码另行询问。不可购买时退出码为 1。",
    "Show what a buyer has used and which orders are in flight; the identity number is asked for.": "显示订购人已用额度与在途订单；证件号码另行询问。",
    "The order number, or PLATFORM/ORDER.": "订单号，或 平台代码/订单号。",
    "Show what an order holds and has used. Exits 1 if the ledger does not know it.": "显示订单预占与已用的额度；账簿中没有时退出码为 1。",
    "Also what is over a limit: for parcels that were declared before.": "超过限值的也登记：用于此前已申报的包裹。",
    "Reserve the quota of the orders of a file of parcels; those that do not fit are named with the reason, and exit 1.": "为包裹文件中的订单预占额度；不可预占的逐单说明原因，退出码为 1。",
    "Running it again is always safe: an order is reserved once.": "可放心重复执行：每单只预占一次。",
    "Move the quota of orders as the receipts in folders say. Running it again changes nothing.": "按目录中的回执变动订单额度；重复执行不产生变化。",
    "Number of the ticket; the same one counts once.": "工单号；同一工单只计一次。",
    "Who decides it.": "经办人。",
    "Why; it stands in the ledger, so no personal data.": "原因；将载入账簿，勿写个人信息。",
    "Free what orders hold that are given up. Exits 1 if one holds nothing.": "释放已放弃订单的预占；有订单无预占时退出码为 1。",
    "By how much the use changes, in CNY; -40 gives back.": "已用额度的变动（元）；-40 表示退还。",
    "Correct what a buyer has used in a year, by a ticket; the identity number is asked for. Exits 1 if it was entered before.": "凭工单更正订购人某年的已用额度；证件号码另行询问。此前已登记时退出码为 1。",
    "Day before which an order was reserved, YYYY-MM-DD.": "预占早于此日期（YYYY-MM-DD）的订单。",
    "Free what orders hold that were reserved before a day and never taken. Running it again changes nothing.": "释放某日之前预占而一直未占用的额度；重复执行不产生变化。",
    "The year that has ended.": "已结束的年度。",
    "Move what is still in flight at the end of a year into the next one. Running it again changes nothing.": "将年末仍在途的额度转入下一年度；重复执行不产生变化。",
    "Lots and trace codes: take them in, recall a lot, trace a code or a parcel.": "批次与溯源码：导入、召回、按码或按包裹溯源。",
    "Lots, picks or codes, CSV or XLSX.": "批次、拣货或溯源码表（CSV 或 XLSX）。",
    "Enter a table of the warehouse, whole or not at all, and show the faults of what it names. Exits 1 if there are any.": "导入仓库的表格，整份计入或全部不计，并显示所涉问题；有问题时退出码为 1。",
    "Article of the warehouse.": "仓库货号。",
    "Batch; all of the article if left out.": "批次；默认为该货号的全部批次。",
    "First day on which pieces left, YYYY-MM-DD.": "出库起始日，YYYY-MM-DD。",
    "Last day on which pieces left, YYYY-MM-DD.": "出库截止日，YYYY-MM-DD。",
    "Write the recall list as XLSX.": "将召回清单写成 XLSX。",
    "Show which parcels hold a lot or an article: the recall list. Exits 1 if there is none.": "显示含某批次或货号的包裹（召回清单）；没有时退出码为 1。",
    "Pieces whose day is not known count on every day.": "出库日不明的，任何日期均计入。",
    "Trace code, or the first of a range.": "溯源码，或区间的首码。",
    "Last code of a range, of the same length: the recall list of it.": "区间的末码，须与首码等长；显示该区间的召回清单。",
    "Show what a buyer may see: the goods, no order and no parcel.": "显示消费者可见内容：仅商品，不含订单和包裹。",
    "Show where a code comes from and where it went, or which parcels hold codes of a range.": "显示溯源码的来源与去向，或区间内各码所在的包裹。",
    "Exits 1 if it is not known, or a fault stands.": "没有登记或存在问题时退出码为 1。",
    "Order or waybill.": "订单编号或运单编号。",
    "Show of which lots and codes a parcel was made up. Exits 1 if no row names it, or a fault stands.": "显示包裹所含的批次与溯源码；没有登记或存在问题时退出码为 1。",
    "Show codes on two parcels, void or of two lots, and parcels whose list has other goods. Exits 1 if there are any.": "显示同时登记在多个包裹、已作废或绑定多个批次的溯源码，以及所发商品与清单不符的包裹；有则退出码为 1。",
    "Number of an entry that is wrong, as code shows it; may be repeated.": "有误登记的编号，见 code 的输出；可重复。",
    "Rows that hold instead, CSV or XLSX.": "改以此表为准（CSV 或 XLSX）。",
    "Take wrong entries back by a ticket, and enter those that hold instead. Nothing is deleted. Running it again changes nothing.": "凭工单更正有误的登记，并登记正确内容；不删除任何记录。重复执行不产生变化。",
    "Patterns that customs' risk control looks at: observe orders, report and explain.": "海关风控关注的风险模式：登记订单、报告并说明原因。",
    "TOML with your own numbers for the rules; see the guide on risk.": "自定规则参数的 TOML 文件，见风险模式指南。",
    "Observe the declared orders of a file of parcels. Exits 1 if one cannot be assessed; running it again changes nothing.": "登记包裹文件中的申报订单；有无法计税的订单时退出码为 1。重复执行不产生变化。",
    "Note what became of observed orders by the receipts in folders. Running it again changes nothing.": "按目录中的回执登记订单的结果；重复执行不产生变化。",
    "First day of payment; 30 days before the last if left out.": "支付起始日；默认为截止日前 30 天。",
    "Last day of payment; today if left out.": "支付截止日；默认为今天。",
    "Only this pattern; may be repeated.": "只看此模式，可重复。",
    "Write all patterns with all their orders as XLSX.": "将全部模式及其订单写成 XLSX。",
    "Show the patterns that are seen in observed orders, each with its reasons and who should look. Nothing is stopped.": "显示订单中出现的风险模式，逐项说明原因及由谁核实；不拦截任何订单。",
    "Show the patterns with their reasons, sources and numbers.": "显示各风险模式的原因、依据与参数。",
    "Enterprise file that says where the ledger is; customs.toml if left out.": "写有账簿位置的企业档案；默认为 customs.toml。",
    "Ledger in which others declare too; that of the enterprise file, else none.": "与他人共用的账簿数据库地址；默认取企业档案所列，没有则不用。",
    "Database of the ledger; that of the enterprise file if left out.": "账簿的数据库地址；默认为企业档案所列。",
    "File of the keys of the ledger; that of the enterprise file if left out.": "账簿密钥文件；默认为企业档案所列。",
    "Bills of payment companies, carriers and warehouses: read, compare, close days.": "支付、物流、仓储账单：导入、核对、关账。",
    "Read bills of payment companies into the ledger and compare them with what was declared.": "将支付企业对账单导入账簿，并与已申报的支付凭证核对。",
    "Bills of WeChat Pay and Alipay as downloaded: CSV, GZIP, ZIP.": "微信支付、支付宝原始下载的对账单（CSV、GZIP、ZIP）。",
    "Declared payments, CSV or XLSX; may be repeated.": "已申报支付的表格（CSV 或 XLSX），可重复。",
    "Folder of messages and receipts; may be repeated.": "报文与回执所在目录，可重复。",
    "How refunds ended, CSV or XLSX.": "退款结果表（CSV 或 XLSX）。",
    "Day of a bill without rows, which does not say it.": "无明细的账单所属日期（账单本身不写明）。",
    "TOML with merchants, rates and times; see the guide on settling.": "对账参数（TOML）：商户号、费率、时限；见对账指南。",
    "Hash with which WeChat Pay announced the one bill that is given.": "微信支付下载应答中的 SHA-1 值（只给一个账单时使用）。",
    "First day of payment to compare.": "核对的首个支付日。",
    "Last day of payment to compare.": "核对的最后支付日。",
    "Write the differences as XLSX.": "将差异写成 XLSX。",
    "Read freight bills of a carrier and compare them with weights, gate passages and the contract.": "导入承运商运费账单，与称重、出区记录和合同核对。",
    "Bills of a carrier, CSV or XLSX.": "承运商账单（CSV 或 XLSX）。",
    "How the provider's bill is read: a TOML file, or a shipped name.": "服务商账单配置：TOML 文件或随库名称。",
    "Your own figures, CSV or XLSX; may be repeated.": "本企业数据（CSV 或 XLSX），可重复。",
    "Last day that the bills cover; all are due if left out.": "账单截止日；默认全部应计费。",
    "Read a warehouse's bills of storage, work or packaging and compare them with your own figures.": "导入仓租、增值作业或包材账单，与本企业数据核对。",
    "Bills of a warehouse, CSV or XLSX.": "仓库账单（CSV 或 XLSX）。",
    "Show the days of the payment companies: rows, orders by outcome, what is open. Exits 1 while anything is.": "列出各支付企业的对账日：行数、订单结果、未处理项；有未处理项时退出码为 1。",
    "Close a day of a payment company on which nothing is open; exits 1 if something is.": "关闭没有未处理项的对账日；有未处理项时退出码为 1。",
    "wechat or alipay.": "wechat（微信支付）或 alipay（支付宝）。",
    "Day of the bill, YYYY-MM-DD.": "账单日期，YYYY-MM-DD。",
    "Who decides; it is entered.": "经办人，记入账簿。",
    "Enter an explanation or a ticket for the differences of a number; they are open again when their figures change.": "为某编号的差异登记说明或工单；数额变化后重新列为未处理。",
    "Order, waybill or file with the difference.": "有差异的订单、运单或文件。",
    "Code of the difference, such as PAY03.": "差异代码，如 PAY03。",
    "Why it is in order, without personal data.": "差异说明，勿写个人信息。",
    "Number of the ticket that goes after it.": "跟进的工单号。",
    "Profile of the provider, for a code FRT.": "服务商账单配置（FRT 类代码使用）。",
    "What must be remembered: make the ledger, upgrade it, erase a person.": "账簿：建立、升级，删除个人信息。",
    "Make the ledger and its keys, or lead it to the form that this release needs. Running it again is always safe.": "建立账簿及其密钥，或升级到本版本所需的结构。可放心重复执行。",
    "Lead the ledger back to the form of an earlier release; what only later ones can hold is lost.": "将账簿退回较早版本的结构；较新结构独有的数据将丢失。",
    "The form of the earlier release, or base for no tables.": "较早版本的结构名；base 表示不含任何表。",
    "What only later forms can hold is lost: do it.": "确认执行：较新结构独有的数据将丢失。",
    "Show where the ledger is and which form it has; exits 1 if it needs to be upgraded.": "显示账簿位置与结构；需要升级时退出码为 1。",
    "Hash all persons anew under a new key. When it was interrupted, run it again: it goes on with the same key.": "以新密钥为全部人员重新计算哈希；中断后再次执行即以同一密钥续办。",
    "Erase the identity number of a person for good, which is asked for; entries stay. Exits 1 if it is not known.": "输入证件号码，永久删除该人员的证件号码，分录保留；查无此人时退出码为 1。",
    "Enterprise file with the destinations; customs.toml if left out.": "写有接入点的企业档案；默认为 customs.toml。",
    "State folder; that of the enterprise file if left out.": "状态目录；默认为企业档案所列。",
    "Hand messages over to their destinations. Running it again is always safe: nothing is sent twice, and what is open goes on.": "将报文送达各接入点。可放心重复执行：不会重复发送，未完成的续办。",
    "Folder or files of messages; what is in the outbox already if left out.": "报文目录或文件；省略时只发送发件箱中已有的报文。",
    "Only to this destination.": "只发往该接入点。",
    "Go on as long as the next turn comes within this time.": "下一次发送在此秒数之内时继续等待。",
    "Take in what came, each receipt once, and store it before it is confirmed. It may be run beside send.": "收取回执：每份只收一次，先存储、后确认；可与 send 同时运行。",
    "Only from this destination.": "只从该接入点收取。",
    "Folder of receipts; that of the enterprise file if left out.": "回执目录；默认为企业档案所列。",
    "Go on until interrupted.": "持续收取，直至中断。",
    "Messages that wait, are parked or dead: list them, say what is to be done.": "待发、搁置和作废的报文：列出，并决定如何处理。",
    "Id or file name of a message, or a number of a parcel in it.": "报文编号或文件名，或其中某个包裹的编号。",
    "Only of this destination.": "只限该接入点。",
    "Why; it stands in the history of the message.": "原因，记入报文的发送记录。",
    "Also what was handed over.": "也列出已送达的报文。",
    "Show the messages that are not handed over, with the reason and the time of their next turn; of a number its history.": "列出未送达的报文、原因及下次发送时间；给出编号时列出其发送记录。",
    "Show the messages that were refused for good, with the reason; with numbers or --only and a reason, give these up.": "列出作废的报文及原因；给出编号（或 --only）和原因时将其作废。",
    "All in this state, instead of numbers; may be repeated.": "不给编号，选取处于该状态的全部报文；可重复。",
    "All that wait.": "全部待发的报文。",
    "All that are held or parked.": "全部暂缓或搁置的报文。",
    "All that certainly did not leave; not those that are unknown, held or dead.": "全部确未送出的报文；不含结果不明、人工暂缓和作废的。",
    "Hold messages that wait, until they are released.": "暂缓发送待发的报文，直至放行。",
    "Let messages go on that are held or parked. The next send tries the destination at once, also in an outage.": "放行暂缓或搁置的报文。下次 send 立即发往接入点，故障期间亦然。",
    "Have the same bytes handed over again with the next send, after you saw that the other side does not have them.": "确认对方没有收到后，下次 send 时原样重发。",
    "That send tries the destination at once, also in an outage.": "届时立即发往接入点，故障期间亦然。",
    "Also what was handed over, if the other side says that it has nothing.": "对方确称没有收到时，已送达的也重发。",
    "Erase the copies of an order's messages and receipts for good; their entries stay. Files in folders are yours.": "永久删除某订单的报文和回执副本，记录保留；目录中的文件由您自行处理。",
    "Check an order list or a file of parcels as customs will, without writing messages.": "按海关规则校验订单表或包裹文件，不生成报文。",
    "Show the tax of each parcel in a file, line by line, by the law of the declaration day.": "按申报日的法规逐项列出每个包裹的税款。",
    "When amounts are rounded to the cent.": "金额何时舍入到分。",
    "How freight and insurance are spread over the lines.": "运保费在各项商品间的分摊方式。",
    "Print every step of the decision, with its source.": "列出判定的每一步及依据。",
    "Show the rates of a commodity code, and the total tax burden by the law of a day.": "查询商品编码的税率，以及某日法规下的综合税率。",
    "A commodity code, or how it begins: 2 to 10 digits.": "商品编码或其前几位，2 至 10 位数字。",
    "Take what platforms and customs push, by the call-backs of the enterprise file, until it is stopped.": "按企业档案中的回调配置接收平台和海关的推送，直至停止。",
    "Each call is stored before it is answered. What is refused is counted and told with its reason alone.": "每次推送先存储、后应答；拒收的仅计数并说明原因，不显示内容。",
    "Simulate customs: take messages from a folder or over HTTP, and answer as customs does.": "模拟海关：从目录或经 HTTP 接收报文，像海关那样答复。",
    "Nothing is sent to customs. Whatever it takes is stored before it answers, and the same seed and times give the same answers.": "不向海关发送任何内容。收到的报文先存储、后答复；种子和时间相同，答复也相同。",
    "Folder of the office: messages in out/, receipts in in/, what was taken beside them.": "模拟海关的目录：out/ 放报文，in/ 收回执，收件存档在其旁。",
    "Port for HTTP; 0 for any that is free. Without it, the folders alone are served.": "HTTP 端口；0 表示任一空闲端口。不给则只用目录收发。",
    "Broker: messages in the queue CEB_IN, receipts in the queue of each exchange id with _OUT.": "消息服务器：报文入队列 CEB_IN，回执入各传输节点编号加 _OUT 的队列。",
    "Secrets that the districts' gateways check: TOML, a table for each gateway, a file for each secret.": "各地网关要核对的密钥：TOML 文件，每个网关一张表，每个密钥一个文件。",
    "The same seed and times give the same answers.": "种子和时间相同，答复也相同。",
    "Time in China at which the office opens, such as 2026-11-11T08:00:00; the present time if left out.": "模拟海关开始的北京时间，如 2026-11-11T08:00:00；默认为当前时间。",
    "Take what lies in the folder, let so many minutes pass at once, write the receipts, and end.": "接收目录中的报文，立即推进若干分钟，写出回执后结束。",
    "Share of answers that never come.": "丢失的答复所占比例。",
    "Share of answers that come twice.": "重复的答复所占比例。",
    "Share of answers that others overtake.": "乱序的答复所占比例。",
    "Address on which to listen.": "监听地址。",
    "Port on which to listen; 0 for any that is free.": "监听端口；0 表示任一空闲端口。",
    "Certificate of the server with its chain, PEM.": "服务器证书及证书链（PEM）。",
    "Key of the server, PEM.": "服务器私钥（PEM）。",
    "Proxy whose word on the caller's address (X-Forwarded-For) counts; may be repeated.": "受信任的代理地址，以其 X-Forwarded-For 认定来源；可重复。",
    "Sign unsigned messages and write them in canonical form.": "对未签名的报文加签，并以规范格式写出。",
    "Messages that cannot be signed are skipped, with the reason. A payment, waybill or order whose enterprise is not the certificate's is signed, with a warning.": "无法加签的报文跳过并说明原因；支付凭证、运单、订单的企业与证书不符时仍加签，并给出警告。",
    "Messages.": "报文文件。",
    "Folder for the signed messages.": "已签名报文的输出目录。",
    "Verify the signatures of messages; with --roots, also check that each certificate leads to a trusted authority.": "验证报文签名；给出 --roots 时一并验证证书链。",
    "With --cert or --public-key, the messages must be signed with that key, whether they carry a certificate or not.": "给出 --cert 或 --public-key 时，报文须由该密钥签名，无论是否附有证书。",
    "Certificates of authorities to trust: a file or a folder of PEM or DER.": "受信任的根证书：PEM 或 DER 文件，或其所在目录。",
    "Check certificates at this time in China; now if left out.": "按此时刻（北京时间）验证证书；默认为当前时间。",
    "Certificate of the signer, PEM or DER; the message need carry none.": "签名人证书，PEM 或 DER；报文可不附证书。",
    "Public key of the signer, RSA or SM2, PEM or DER.": "签名人公钥，RSA 或 SM2，PEM 或 DER。",
    "Take messages out of their envelopes (DxpMsg) first.": "先从外层封装（DxpMsg）中取出报文。",
    "Admit any KeyName; without it, the certificate's serial number or 0001.": "接受任意 KeyName；默认只接受证书编号或 0001。",
    "Show the holder, number, validity and algorithms of certificates. Names of persons are masked.": "显示证书的持有企业、编号、有效期与算法；个人姓名脱敏。",
    "Certificates, PEM or DER.": "证书，PEM 或 DER。",
    "Say how many cores, keys, messages and how much storage a number of parcels a day takes.": "估算每日若干包裹所需的处理器核数、密钥数、报文数和存储。",
    "Parcels of the fullest day.": "最繁忙一日的包裹数。",
    "Parcels a second at the fullest time; if left out, a quarter of the day's in one hour.": "最繁忙时每秒包裹数；默认按一小时内到达当日的四分之一计。",
    "Signatures that one U-key, module or service makes in a second.": "单个 U-key、加密机或加签服务每秒签名数。",
    "Documents in a message at the peak.": "峰值时每份报文的单证数。",
    "Documents of a parcel that your enterprise declares.": "每个包裹由本企业申报的单证数。",
    "Share by which to plan for more than the peak.": "在峰值之上预留的余量比例。",
    "Days to keep messages and journal.": "报文和登记簿的保存天数。",
    "Measure this machine first, in some 20 seconds, and keep its figures.": "先测量本机（约 20 秒）并保存结果。",
    "File for the figures of a machine.": "性能数据文件。",
    "Make a test key and its certificate, by default for the declarant of the sample parcels.": "生成测试密钥与证书，默认为示例包裹的申报企业。",
    "Folder for test.key and test.crt.": "test.key 与 test.crt 的输出目录。",
    "Kind of key.": "密钥种类。",
    "Enterprise in the certificate.": "证书中的企业名称。",
    "Its unified social credit code, 18 characters.": "该企业的统一社会信用代码，18 位。",
    "The formats of customs districts: list, show, check them.": "关区格式：列出、查看、检查。",
    "Mark the areas in force on a day, YYYY-MM-DD.": "标出某日适用的关区，YYYY-MM-DD。",
    "Which area a customs code leads to, on the day or today.": "查询关区代码对应的关区，按所给日期或今天。",
    "Show an area: its messages, what a user has to give, its rules, gateway and receipts.": "关区详情：报文、须提供的内容、规则、网关与回执。",
    "Name of an area, such as zhejiang_jkf, or the file of a profile.": "关区名称，如 zhejiang_jkf，或关区配置文件。",
    "The fields of a message, such as IMPORTORDER.": "报文的字段，如 IMPORTORDER。",
    "Check a profile: every mistake on a line of its own, with file, line and key.": "检查关区配置：每处错误一行，含文件、行号与键。",
    "A profile, or the folder of a profile.toml.": "关区配置文件，或 profile.toml 所在目录。",
    "Print a template of settings for an area, to fill in and give as --settings.": "输出关区设置模板，填写后以 --settings 给出。",
    "What was declared: list it, find a number in it, release an order.": "登记簿：查看已申报内容、按编号查找、解除订单。",
    "Show which parcel is in which message: numbers, message, guid, file, time, tax.": "查看包裹在哪份报文中：编号、报文、guid、文件、时间、税款。",
    "Folder of the journal.": "登记簿所在的状态目录。",
    "Order, waybill, payment or internal number, or guid of a message; all if left out.": "订单、运单、支付或企业内部编号，或报文 guid；默认全部。",
    "Let an order be declared again, after customs refused it. Otherwise amend it (app_type 2) or cancel it (CEB623).": "海关退单后允许订单重新申报；其他情形请变更（app_type 2）或撤单（CEB623）。",
    "The order number.": "订单编号。",
    "Why, such as the receipt by which customs refused it.": "原因，如海关退单的回执。",
    "Explain a receipt: what happened, the likely cause, what to do, and who has to do it.": "解释回执：发生了什么、可能的原因、如何处理、由谁处理。",
    "Show where each parcel stands by the receipts in folders, and what to do next.": "按目录中的回执显示每个包裹的状态和下一步。",
    "Show how many parcels are at which node, how long, how many are overdue, and why others were refused.": "统计各状态的包裹数、停留时间、超时数和退单原因。",
    "Folders with receipts, and with the messages that were sent if you have them.": "回执所在目录；有已报送报文的，其目录一并列出。",
    "Area whose receipts are in the folder too; may be repeated.": "目录中另有其回执的关区；可重复。",
    "Time in China to judge by, such as 2026-11-11T08:00:00.": "以此北京时间为准判断，如 2026-11-11T08:00:00。",
    "Only the parcel with this order, waybill, payment or list number.": "仅显示含该订单号、运单号、支付单号或清单编号的包裹。",
    "The text of a receipt, a code, or the file of a receipt.": "回执说明文字、代码或回执文件。",
    "The receipt that it stands in, such as CEB622.": "所在的回执，如 CEB622。",
    "The return status that the text came with.": "与文字同时返回的状态代码。",
    "Import or export: a number may mean something else there.": "进口或出口：同一代码含义可能不同。",
    "Send corrected documents of declared parcels again, where customs refused them; or amend or delete stored ones.": "重报被退单的单证（改正后）；或变更、删除海关已入库的单证。",
    "The file holds the corrected parcels. A document that customs may hold is never sent twice.": "文件为改正后的包裹；海关可能已有的单证不会重复发送。",
    "Folder for the messages.": "报文的输出目录。",
    "Folder of the receipts that customs sent.": "海关回执所在的目录。",
    "Only this order of the file; may be repeated. All if left out.": "仅处理文件中的该订单，可重复；默认全部。",
    "Only these documents; the refused ones if left out, or the list for the other ways.": "仅处理这些单证；默认为被退单的单证，变更、删除时默认为清单。",
    "Refused documents again, or stored ones amended or deleted.": "重报被退单的单证，或变更、删除已入库的单证。",
    "Customs was asked by the business key and holds nothing: an open outcome may be repeated.": "已按业务主键查询、海关无记录：结果不明的可重发。",
    "Cancel the lists of declared parcels (CEB623). Running it twice cancels once.": "撤销已申报的清单（CEB623）；重复执行只撤一次。",
    "Why the list is taken back.": "撤单原因。",
    "Released goods have left the supervised site: they are returned instead.": "已放行货物已离开监管场所：应办理退货。",
    "Declare that released goods come back (CEB625), whole or in part, with the tax that is given back.": "申报已放行货物全部或部分退货（CEB625），并列出退税额。",
    "Why the goods come back.": "退货原因。",
    "What comes back: line and quantity; may be repeated. All if left out.": "退回的商品序号与数量，可重复；默认全部。",
    "What came back before, added up by line; may be repeated.": "此前已退的数量（按商品序号累计），可重复。",
    "Internal number of the return; needed from the second return on.": "退货申请的企业内部编号；第二次退货起必填。",
    "Day of release, where no receipt says it.": "放行日期，回执未载明时给出。",
    "Day on which the goods are back.": "货物退回的日期。",
    "Look up a code list by code, Chinese or English name; without arguments, list the lists.": "按代码、中文或英文名称查询代码表；不带参数时列出全部代码表。",
    "Name of a code list, such as units.": "代码表名称，如 units。",
    "A code, or part of a name.": "代码，或名称的一部分。",
    "Compare tax bills in files with the assessment of your parcels, and show why they differ.": "将文件中的税单与包裹的试算税款核对，并说明差异原因。",
    "Tax bills: CEB816 messages, or tables as CSV or XLSX.": "税单：CEB816 报文，或 CSV、XLSX 表格。",
    "The parcels that were declared, as JSON lines.": "已申报的包裹（JSON Lines）。",
    "Write the comparison as CSV or XLSX.": "将核对结果写为 CSV 或 XLSX。",
    "Enterprise file; see: customs init.": "企业档案；新建见 customs init。",
    "Goods records: check a list, keep records with their history, compare, export.": "商品备案：检查备案表，登记并留存变更历史，比较，导出。",
    "Goods list, CSV, XLSX or JSON.": "商品备案表，CSV、XLSX 或 JSON。",
    "SKU of the record.": "备案的货号。",
    "SKUs of the records.": "备案的货号。",
    "SKUs; all records if left out.": "货号；不填为全部备案。",
    "SKUs whose records change.": "备案有变更的货号。",
    "Account book of the record, where a SKU has several.": "备案所在账册，用于一个货号在多本账册备案的情形。",
    "Goods list whose changes are looked at before it is entered.": "商品备案表；登记之前先查看其变更。",
    "State of records for which the list says none; a draft if left out.": "备案表未写明状态时的状态；默认为草稿。",
    "Why the records change.": "变更原因。",
    "Enter the goods records of a list: what changed is a new version. Exits 1 if a change is not allowed.": "登记备案表：有变更的成为新版本；有不得变更的项目时退出码为 1。",
    "Only records in this state.": "仅处于此状态的备案。",
    "Show goods records with state, version and days; those that end within 60 days are marked. Exits 1 if a SKU is unknown.": "显示备案的状态、版本与有效期，60 天内到期的加以标注；有未知货号时退出码为 1。",
    "Show the changes of a goods record: each state and version with its cause and who decided it.": "显示备案的变更历史：各次状态与版本、事由及经办人。",
    "Earlier version; that before the newest if left out.": "较早的版本；默认为最新版本的前一版。",
    "Later version; the newest if left out.": "较晚的版本；默认为最新版本。",
    "Show what differs between two versions of a record, or between the ledger and a list. Exits 1 if anything does.": "显示备案两个版本之间、或账簿与备案表之间的差异；有差异时退出码为 1。",
    "Folder with messages and receipts; may be repeated.": "报文与回执目录，可重复。",
    "Parcels to declare, as JSON lines.": "待申报的包裹（JSON Lines）。",
    "Show the parcels in flight that a change of records touches: from messages, or a file of parcels. Exits 1 if there is one.": "显示备案变更影响的在途包裹，取自报文或包裹文件；有受影响的包裹时退出码为 1。",
    "Check the parcels of a file against the goods records before they are declared, with the codes that customs would answer.": "申报前按备案核对包裹文件，并列出海关可能返回的代码。",
    "Note the records with which the messages in folders declared parcels: what is frozen then changes no more. Can be run again.": "登记目录中报文申报时使用的备案：此后限定项目不得变更。可重复执行。",
    "The state that the records have now.": "备案现在的状态。",
    "Bring records into a state: submitted, on_record, refused, suspended, withdrawn or draft. All of them, or none.": "变更备案状态：submitted、on_record、refused、suspended、withdrawn 或 draft；全部变更，或全部不变。",
    "File to write, .xlsx or .csv.": "输出文件，.xlsx 或 .csv。",
    "Write the goods records as a list that can be entered again, XLSX or CSV.": "将备案导出为可再次登记的备案表，XLSX 或 CSV。",
    "Check goods records as a whole: codes, units, conversions, duplicates, look-alikes that are taxed otherwise.": "整体检查商品备案：编码、单位、换算、重复，以及税负不同的疑似同一商品。",
    "Goods list, CSV, XLSX or JSON; that of the enterprise file if left out.": "商品备案表，CSV、XLSX 或 JSON；默认取企业档案中的一份。",
    "Sheet of a workbook.": "工作簿中的工作表。",
    "Make an enterprise file, a goods list and an order list to fill in. Nothing that exists is written over.": "新建企业档案、商品备案表和订单表模板；不覆盖已有文件。",
    "Folder for the files; here if left out.": "存放文件的目录；默认当前目录。",
    "Answer to a question, such as trade_mode=1210; may be repeated. The others are asked, or read from standard input, a line each.": "某一问题的回答，如 trade_mode=1210，可重复；其余逐项询问，或从标准输入逐行读取。",
    "Check a whole set-up: enterprise file, keys, certificate, area, rates, goods, clock and state folder.": "检查整套配置：企业档案、密钥、证书、关区、税率、商品备案、时钟与状态目录。",
    "A line for each check: in order, or what to do. Nothing secret is shown.": "每项检查一行：正常，或如何处理；不显示任何机密。",
}  # fmt: skip

#: The sentences of the parser in which wrong usage is told, and their Chinese; groups are what the user wrote.
USAGE: tuple[tuple[str, str], ...] = (
    (r"Missing argument (.+?)\.?", r"缺少参数 \1。"),
    (r"Missing option (.+?)\.?", r"缺少选项 \1。"),
    (r"Missing command\.", "缺少命令。"),
    (r"No such option: (.+)", r"没有此选项：\1"),
    (r"No such command (.+?)\.( .*)?", r"没有此命令：\1。\2"),
    (r"Invalid value for (.+?): (.+)", r"\1 的值无效：\2"),
    (r"Invalid value: (.+)", r"无效的值：\1"),
    (r"Option (.+) requires an argument\.", r"选项 \1 须带值。"),
    (r"Got unexpected extra arguments? \((.+)\)", r"多余的参数：\1"),
)

#: The titles of the panels of help.
_PANELS = {
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ARGUMENTS_PANEL_TITLE": "参数",
    "ERRORS_PANEL_TITLE": "用法有误",
    "REQUIRED_LONG_STRING": "[必填]",
    "DEFAULT_STRING": "[默认：{}]",
}


def in_language(text: str) -> str:
    """Return a help text in the language chosen, paragraph by paragraph."""
    paragraphs = [" ".join(each.split()) for each in text.split("\n\n")]
    english = [_CHINESE.sub("", each) for each in paragraphs]
    return "\n\n".join(words(each, HELP.get(each, "")) for each in english)


def translated(command: Any) -> Any:
    """Put the help of a command, of its options and of its subcommands into the language chosen, and return it."""
    for each in (command, *command.params):
        if text := getattr(each, "help", None):
            each.help = in_language(text)
    command.get_help_option = partial(_help_option, command.get_help_option)
    for below in getattr(command, "commands", {}).values():
        translated(below)
    return command


def _help_option(made: Callable[[Any], Any], context: Any) -> Any:
    """Return the option ``--help``, which the parser makes only when it is wanted."""
    if (option := made(context)) and option.help in HELP:
        option.help = in_language(option.help)
    return option


def usage(text: str) -> str:
    """Return what the parser says of wrong usage, in the language chosen.

    >>> in_chinese("No such option: --nix")
    '没有此选项：--nix'
    """
    return words(text, in_chinese(text))


def in_chinese(text: str) -> str:
    """Return the Chinese of a sentence of the parser, empty if it is none that is known."""
    found = ((re.fullmatch(english, text, re.DOTALL), chinese) for english, chinese in USAGE)
    return next((match.expand(chinese) for match, chinese in found if match), "")


def _told(tell: Callable[[Any], None], error: Any) -> None:
    """Show an error of the parser in the language chosen."""
    said = usage(error.format_message())
    error.format_message = lambda: said
    tell(error)


def run(program: Any) -> None:
    """Run a command line in the language chosen."""
    rich_utils.rich_format_error = partial(_told, rich_utils.rich_format_error)
    for name, title in _PANELS.items() if language() is Language.CHINESE else ():
        setattr(rich_utils, name, title)
    translated(program)(prog_name="customs")
