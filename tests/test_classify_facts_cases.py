# ruff: noqa: E501 (a case is one line)
"""Facts in sentences of many publishers and phrasings, written for this test with the facts that they state."""

from __future__ import annotations

import pytest

from classify.facts import facts

CARRIERS = [
    ("zh", "个人版每月9.9元，含1000万词元；专业版每月39.9元，含1500万词元。", "price 9.9 CNY month current 10000000 token; price 39.9 CNY month current 15000000 token"),
    ("zh", "旗舰版套餐299.9元/月，每月可用2.5亿Tokens。", "price 299.9 CNY month current 250000000 token"),
    ("zh", "1元即可领取25万积分。", "price 1 CNY one_off current 250000 credit"),
    ("zh", "入门套餐资费由9.9元/月调整为12.9元/月。", "price 9.9 CNY month before; price 12.9 CNY month after"),
    ("zh", "算力套餐月费一百九十九元，超出部分按每百万词元五元计费。", "price 199 CNY month; price 5 CNY million_tokens"),
    ("zh", "原价59元/月，现价39元/月，限时三个月。", "price 59 CNY month before; price 39 CNY month after"),
    ("zh", "包年用户可享八五折优惠，折后每月33.9元。", "discount 15; price 33.9 CNY month"),
    ("zh", "套餐每月流量额度从30GB提升至50GB。", "quota 30 GB month before; quota 50 GB month after"),
    ("zh", "千兆宽带套餐199元/月起。", "price 199 CNY month min"),
    ("zh", "国内语音0.15元/分钟，短信0.1元/条。", "price 0.15 CNY minute; price 0.1 CNY message"),
    ("zh-Hant", "輕量方案月費新臺幣599元，每月可用1000萬個 token。", "price 599 TWD month current 10000000 token"),
    ("zh-Hant", "香港用戶月費由88港元調整至98港元。", "price 88 HKD month before; price 98 HKD month after"),
    ("en", "The entry plan costs 9.9 yuan a month for 10 million tokens.", "price 9.9 CNY month current 10000000 token"),
    ("en", "China Telecom raised the 15M-token plan from CNY 39.9 to CNY 49.9 a month.", "price 39.9 CNY month before 15000000 token; price 49.9 CNY month after 15000000 token"),
    ("en", "Subscribers get 250,000 points for 1 yuan.", "price 1 CNY one_off current 250000 point"),
    ("en", "Monthly plans range from HK$48 to HK$298.", "price 48 HKD month min; price 298 HKD month max"),
]  # fmt: skip

CLOUDS = [
    ("zh", "推理输入价格为0.8元/百万tokens，输出价格为2元/百万tokens。", "price 0.8 CNY million_tokens; price 2 CNY million_tokens"),
    ("zh", "调用价格0.004元/千tokens。", "price 0.004 CNY thousand_tokens"),
    ("zh", "自即日起，模型输入价格由每百万Tokens 4元下调至2元。", "price 4 CNY million_tokens before; price 2 CNY million_tokens after"),
    ("zh", "A100租用价格低至12.8元/卡时，H800为每卡每小时25元。", "price 12.8 CNY card_hour min; price 25 CNY card_hour"),
    ("zh", "按量付费：0.35元/核时；包月280元/台。", "price 0.35 CNY core_hour; price 280 CNY month"),
    ("zh", "| 模型 | 输入单价（元/百万tokens） | 输出单价（元/百万tokens） |\n|---|---|---|\n| 轻量版 | 0.3 | 0.6 |\n| 旗舰版 | 2.4 | 9.6 |", "price 0.3 CNY million_tokens; price 0.6 CNY million_tokens; price 2.4 CNY million_tokens; price 9.6 CNY million_tokens"),
    ("zh", "标准存储 0.12元/GB/月，低频存储 0.08元/GB/月。", "price 0.12 CNY GB; price 0.08 CNY GB"),
    ("zh", "API调用每千次收费1.5元，前10000次免费。", "price 1.5 CNY thousand_requests"),
    ("zh", "新用户首购低至3折，续费8.8折。", "discount 70; discount 12"),
    ("zh", "夜间时段调用享五折优惠。", "discount 50"),
    ("zh", "公网流量单价￥0.80/GB。", "price 0.8 CNY GB"),
    ("zh", "專線每月 US$1,200，另收一次性安裝費 US$500。", "price 1200 USD month; price 500 USD one_off"),
    ("zh", "GPU实例价格上调15%至每小时11.5元。", "price 11.5 CNY hour after"),
    ("zh", "限时优惠：原价100元/月，现仅需68元/月", "price 100 CNY month before; price 68 CNY month after"),
    ("zh", "批量推理可享受 50% 的价格优惠。", "discount 50"),
    ("en", "GPT-class input tokens cost $2.50 per 1M tokens and output tokens $10.00 per 1M tokens.", "price 2.5 USD million_tokens; price 10 USD million_tokens"),
    ("en", "| Model | Input ($/1M tokens) | Output ($/1M tokens) |\n|---|---|---|\n| Small | 0.15 | 0.60 |", "price 0.15 USD million_tokens; price 0.6 USD million_tokens"),
    ("en", "H100 instances start at $2.99 per GPU hour.", "price 2.99 USD card_hour min"),
    ("en", "We are cutting the price of cached input by 75%.", "discount 75"),
    ("en", "Save up to 40% with annual billing.", "discount 40"),
    ("en", "Batch requests are 50% cheaper.", "discount 50"),
    ("en", "The Team plan is €25 per user per month, billed annually.", "price 25 EUR month"),
    ("en", "Storage is £0.018 per GB per month.", "price 0.018 GBP GB"),
    ("en", "Images are charged at $0.04 per image.", "price 0.04 USD image"),
    ("en", "Embedding calls cost $0.02 per thousand requests.", "price 0.02 USD thousand_requests"),
    ("en", "Effective July 1, 2026, the Standard tier will increase from $20 to $25 per month.", "date 2026-07-01 effective; price 20 USD month before; price 25 USD month after"),
    ("en", "Plans from S$15/month.", "price 15 SGD month min"),
    ("en", "Web search: $10 / 1,000 calls.", "price 10 USD thousand_requests"),
    ("en", "The rate drops to ₹399 a month.", "price 399 INR month after"),
    ("en", "Prices: $5/MTok input, $25/MTok output.", "price 5 USD million_tokens; price 25 USD million_tokens"),
    ("en", "vCPU usage is billed at $0.0315 per vCPU-hour and memory at $0.0035 per GB-hour.", "price 0.0315 USD core_hour; price 0.0035 USD GB"),
]  # fmt: skip

LIMITS = [
    ("zh", "单账号并发数上限为50。", "quota 50 concurrent none max"),
    ("zh", "默认限流为60 RPM、100000 TPM。", "quota 60 request minute; quota 100000 token minute"),
    ("zh", "| 等级 | RPM | TPM |\n|---|---|---|\n| 一级 | 60 | 100,000 |\n| 二级 | 500 | 1,000,000 |", "quota 60 request minute; quota 100000 token minute; quota 500 request minute; quota 1000000 token minute"),
    ("zh", "免费用户每天最多可调用100次。", "quota 100 request day max"),
    ("zh", "每个用户每月赠送100万Tokens免费额度。", "quota 1000000 token month"),
    ("zh", "单次上传文件大小不超过100MB。", "quota 100 MB none max"),
    ("zh", "每个项目最多可创建20个知识库。", "quota 20 knowledge base none max"),
    ("zh", "QPS限制：20次/秒", "quota 20 request second max"),
    ("zh", "每位开发者每日调用额度由5000次下调至2000次。", "quota 5000 request day before; quota 2000 request day after"),
    ("zh", "单个租户最多申请8张GPU卡。", "quota 8 card none max"),
    ("zh", "每家单位每年可申请不超过2万卡时的公共算力。", "quota 20000 card_hour year max"),
    ("zh", "单用户每月限购5000万词元。", "quota 50000000 token month max"),
    ("zh", "公网带宽上限 5 Mbps。", "quota 5 Mbps none max"),
    ("zh-Hant", "每個帳號每分鐘最多 30 次請求。", "quota 30 request minute max"),
    ("en", "Free tier: 15 requests per minute and 1,500 requests per day.", "quota 15 request minute; quota 1500 request day"),
    ("en", "Each organization is limited to 2 million tokens per day.", "quota 2000000 token day max"),
    ("en", "You can create up to 100 projects per account.", "quota 100 project none max"),
    ("en", "| Tier | RPM | TPM |\n|---|---|---|\n| 1 | 500 | 30,000 |", "quota 500 request minute; quota 30000 token minute"),
    ("en", "The rate limit has been raised from 60 to 120 requests per minute.", "quota 60 request minute before; quota 120 request minute after"),
    ("en", "The file must not exceed 512 MB.", "quota 512 MB none max"),
    ("en", "Maximum concurrent requests: 10", "quota 10 concurrent none max"),
    ("en", "The monthly quota was cut from 10 million tokens to 8 million tokens.", "quota 10000000 token month before; quota 8000000 token month after"),
    ("en", "New accounts receive 500 free credits per month.", "quota 500 credit month"),
    ("en", "No more than 5 API keys can be active at once.", "quota 5 key none max"),
    ("en", "The Pro plan includes 1,000 premium requests per month.", "quota 1000 request month"),
]  # fmt: skip

CAPACITY = [
    ("zh", "到2027年，全省智能算力规模达到50EFLOPS。", "quota 50 EFLOPS none"),
    ("zh", "到2026年底，智能算力规模突破30 EFLOPS。", "quota 30 EFLOPS none min"),
    ("zh", "新建算力不低于2000PFLOPS。", "quota 2000 PFLOPS none min"),
    ("zh", "该中心一期提供300P算力。", "quota 300 PFLOPS none"),
    ("zh", "数据中心用电负荷控制在120兆瓦以内。", "quota 120 MW none max"),
    ("en", "The campus will have a capacity of 300 MW.", "quota 300 MW none"),
    ("en", "The province targets 40 EFLOPS of intelligent computing by 2027.", "quota 40 EFLOPS none"),
    ("zh", "算力规模由10EFLOPS提升至25EFLOPS。", "quota 10 EFLOPS none before; quota 25 EFLOPS none after"),
]  # fmt: skip

POWER = [
    ("zh", "大工业用电电度电价为0.6358元/千瓦时。", "price 0.6358 CNY kWh"),
    ("zh", "单位：元/千瓦时\n用电分类\t峰段\t平段\t谷段\n一般工商业\t1.0521\t0.6632\t0.3014", "price 1.0521 CNY kWh; price 0.6632 CNY kWh; price 0.3014 CNY kWh"),
    ("zh", "峰时电价每度1.2元，谷时电价每度0.3元。", "price 1.2 CNY kWh; price 0.3 CNY kWh"),
    ("zh", "对数据中心用电给予每千瓦时0.1元补贴。", "subsidy 0.1 CNY"),
    ("zh", "平均上网电价由0.45元/千瓦时降至0.41元/千瓦时。", "price 0.45 CNY kWh before; price 0.41 CNY kWh after"),
    ("en", "Industrial users pay 0.63 yuan per kWh at peak hours.", "price 0.63 CNY kWh"),
    ("zh", "| 电压等级 | 电度电价（元/千瓦时） |\n|---|---|\n| 1-10千伏 | 0.6358 |\n| 35千伏 | 0.6158 |", "price 0.6358 CNY kWh; price 0.6158 CNY kWh"),
]  # fmt: skip

SUBSIDIES = [
    ("zh", "对购买智能算力服务的企业，按合同额的30%给予补贴，单个企业每年最高300万元。", "subsidy 30%; subsidy 3000000 CNY max"),
    ("zh", "每年发放总额不超过1亿元的算力券。", "subsidy 100000000 CNY max"),
    ("zh", "按实际支付费用的20%给予最高50万元奖励。", "subsidy 20%; subsidy 500000 CNY max"),
    ("zh", "对通过备案的大模型一次性奖励100万元。", "subsidy 1000000 CNY"),
    ("zh", "算力券抵扣比例不超过服务费用的50%。", "subsidy 50% max"),
    ("zh", "分别给予50万元、30万元、10万元奖励。", "subsidy 500000 CNY; subsidy 300000 CNY; subsidy 100000 CNY"),
    ("zh", "补贴标准由每户200元提高到300元。", "subsidy 200 CNY before; subsidy 300 CNY after"),
    ("zh", "给予二十万元一次性补助。", "subsidy 200000 CNY"),
    ("en", "Firms can claim compute vouchers worth up to CNY 2 million a year.", "subsidy 2000000 CNY max"),
    ("en", "The grant covers 50% of eligible compute costs, capped at S$100,000.", "subsidy 50%; subsidy 100000 SGD max"),
    ("en", "Shenzhen will issue 500 million yuan in computing vouchers.", "subsidy 500000000 CNY"),
    ("zh-Hant", "每家企業最高可獲補助新臺幣200萬元。", "subsidy 2000000 TWD max"),
]  # fmt: skip

DATES = [
    ("zh", "本办法自2026年7月1日起施行，有效期至2029年6月30日。", "date 2026-07-01 effective; date 2029-06-30 expires"),
    ("zh", "意见反馈截止时间为2026年6月8日。", "date 2026-06-08 deadline"),
    ("zh", "请于2026年6月8日前通过电子邮件反馈意见。", "date 2026-06-08 deadline"),
    ("zh", "二〇二六年五月八日", "date 2026-05-08 published"),
    ("zh", "发布日期：2026-05-08　文号：发改数据〔2026〕123号", "date 2026-05-08 published; doc 发改数据〔2026〕123号"),
    ("zh", "（2026年3月15日国务院第30次常务会议通过）", "date 2026-03-15 event"),
    ("zh", "该文件自2026年5月1日起废止。", "date 2026-05-01 expires"),
    ("zh", "征求意见时间：2026年5月10日至2026年6月9日。", "date 2026-05-10 effective; date 2026-06-09 deadline"),
    ("zh-Hant", "本辦法自中華民國115年7月1日施行。", "date 2026-07-01 effective"),
    ("en", "The new rates take effect on 1 August 2026.", "date 2026-08-01 effective"),
    ("en", "Comments are due by June 30, 2026.", "date 2026-06-30 deadline"),
    ("en", "Published: 2026-05-17", "date 2026-05-17 published"),
    ("en", "The offer expires on December 31, 2026.", "date 2026-12-31 expires"),
    ("en", "The model will be retired on Sept. 30, 2026.", "date 2026-09-30 effective"),
    ("zh", "自２０２６年９月１日起执行新的收费标准。", "date 2026-09-01 effective"),
]  # fmt: skip

NUMBERS = [
    ("zh", "国务院办公厅关于印发有关规划的通知\n国办发〔2026〕12号", "doc 国办发〔2026〕12号"),
    ("zh", "根据《管理办法》（工信部信管[2026]45号）的规定", "doc 工信部信管〔2026〕45号"),
    ("zh", "发文字号：沪府办规（2026）7 号", "doc 沪府办规〔2026〕7号"),
    ("zh", "国家发展改革委令第38号", "doc 国家发展改革委令第38号"),
    ("zh", "工业和信息化部公告2026年第5号", "doc 工业和信息化部公告2026年第5号"),
    ("zh", "《条例》（国务院令第790号）第三条", "doc 国务院令第790号"),
]  # fmt: skip

NOTHING = [
    ("zh", "全年实现营业收入3012亿元，同比增长20.5%。"),
    ("zh", "截至目前，日均词元调用量已突破140万亿。"),
    ("zh", "项目总投资50亿元，建设周期3年。"),
    ("zh", "公司完成2亿元A轮融资，估值达20亿美元。"),
    ("zh", "根据第三十二条第二款，处以10万元以上100万元以下罚款。"),
    ("zh", "咨询电话：400-810-8888，传真010-66018888。"),
    ("zh", "全国在用数据中心标准机架超过900万架，较去年增长30%。"),
    ("zh", "培育100家以上人工智能企业，打造50个典型应用场景。"),
    ("zh", "股价上涨5%，报收36.5元。"),
    ("zh", "平台注册用户达5.1亿户，月活跃用户8000万。"),
    ("zh", "2026年上半年，规模以上工业增加值增长6.2%。"),
    ("zh", "模型参数量达到2350亿，支持128K上下文。"),
    ("zh", "到2027年，培养专业人才1万名。"),
    ("zh", "第十二条 省级数据管理部门应当在15个工作日内作出答复。"),
    ("zh", "双方签订价值3.2亿元的采购合同。"),
    ("zh", "会议强调，要加强算力统筹，优化资源配置。"),
    ("zh", "注册资本5000万元，员工800余人。"),
    ("zh", "2025年我国算力总规模同比增长43%。"),
    ("en", "Revenue rose 12% to $4.5 billion in the third quarter."),
    ("en", "The startup raised $300 million at a valuation of $5 billion."),
    ("en", "The regulator fined the company 500,000 yuan."),
    ("en", "More than 20,000 developers joined the programme."),
    ("en", "The stock closed at $182.30 a share."),
    ("en", "Microsoft will invest $80 billion in data centres."),
    ("en", "Call +1 800 555 0199 or see section 4.2 of the agreement."),
    ("en", "The model has 671 billion parameters and was trained on 14.8 trillion tokens."),
    ("en", "Daily token use surpassed 140 trillion in March."),
    ("en", "The company employs 3,400 people in 12 countries."),
    ("en", "Shipments grew 35% year on year to 1.2 million units."),
    ("en", "See RFC 9309 and ISO 27001:2022."),
]  # fmt: skip

MORE = [
    ("zh", "阿里云宣布，旗下多款模型自5月1日起降价，其中主力模型输入价格从每千tokens 0.02元降至0.0005元，降幅达97%。", "price 0.02 CNY thousand_tokens before; price 0.0005 CNY thousand_tokens after"),
    ("zh", "Lite 套餐每月 40 元，每 5 小时最多约 1200 次请求；Pro 套餐每月 200 元，每 5 小时最多约 6000 次请求。", "price 40 CNY month current 1200 request; price 200 CNY month current 6000 request"),
    ("zh", "Kimi 会员分为三档，月费分别为49元、99元和199元。", "price 49 CNY month; price 99 CNY month; price 199 CNY month"),
    ("zh", "即日起至 6 月 30 日，首月仅需 9.9 元。", "price 9.9 CNY month"),
    ("zh", "官方将 API 价格下调 60%，输入降至 1 元/百万 tokens。", "price 1 CNY million_tokens after"),
    ("zh", "语音合成：2元/万字符；语音识别：1.2元/小时。", "price 2 CNY character; price 1.2 CNY hour"),
    ("zh", "中国移动推出词元套餐：5元包100万Tokens，20元包500万Tokens，50元包1500万Tokens。", "price 5 CNY one_off current 1000000 token; price 20 CNY one_off current 5000000 token; price 50 CNY one_off current 15000000 token"),
    ("zh", "云主机最低配置1核2G，年付99元。", "price 99 CNY year"),
    ("zh", "| 规格 | 月价 | 年价 |\n| 2核4G | 68元 | 680元 |", "price 68 CNY month; price 680 CNY year"),
    ("zh", "GPU 计算型实例 gn7i 每小时 9.8 元，包月 4,500 元。", "price 9.8 CNY hour; price 4500 CNY month"),
    ("zh", "输入（缓存命中）：0.2元；输入（缓存未命中）：2元；输出：3元（均为每百万tokens）", "price 0.2 CNY million_tokens; price 2 CNY million_tokens; price 3 CNY million_tokens"),
    ("zh", "对使用国产算力的，按不超过合同金额的40%给予资助，同一主体年度资助总额不超过1000万元。", "subsidy 40% max; subsidy 10000000 CNY max"),
    ("zh", "鼓励企业租用智能算力，给予租用费用30%的算力券补贴，最高不超过200万元。", "subsidy 30%; subsidy 2000000 CNY max"),
    ("zh", "每年安排不少于2亿元“算力券”“模型券”，降低企业研发成本。", "subsidy 200000000 CNY min"),
    ("zh", "对年营业收入首次突破1亿元的软件企业，给予50万元奖励。", "subsidy 500000 CNY"),
    ("zh", "符合条件的毕业生可申领每人每月1000元的租房补贴，期限不超过24个月。", "subsidy 1000 CNY"),
    ("zh", "个人消费者购买1级能效家电，按售价的20%享受补贴，每件不超过2000元。", "subsidy 20%; subsidy 2000 CNY max"),
    ("zh", "对获评国家级示范的项目，一次性给予最高300万元支持。", "subsidy 3000000 CNY max"),
    ("zh", "单个Bucket最多支持100条生命周期规则，单个账号在同一地域最多可创建100个Bucket。", "quota 100 rule none max; quota 100 bucket none max"),
    ("zh", "API 调用频率限制为每分钟 60 次，每天 1000 次。", "quota 60 request minute max; quota 1000 request day"),
    ("zh", "免费版每日可生成 20 张图片，会员版每日 200 张。", "quota 20 image day; quota 200 image day"),
    ("zh", "每个函数的内存上限为 3072 MB，超时时间上限为 900 秒。", "quota 3072 MB none max"),
    ("zh", "默认情况下每个账号的并发请求数为 5，最高可提升至 100。", "quota 5 concurrent none; quota 100 concurrent none max"),
    ("zh", "全市智能算力规模达到20000PFLOPS（FP16）以上", "quota 20000 PFLOPS none min"),
    ("zh", "到2025年，全国算力规模超过300EFLOPS，智能算力占比达到35%。", "quota 300 EFLOPS none min"),
    ("zh", "新建大型数据中心PUE不高于1.25，单机架功率不低于8千瓦。", "quota 8 kW none min"),
    ("zh", "建成投运智算中心10个，算力达1.5万P。", "quota 15000 PFLOPS none"),
    ("zh", "各省、自治区、直辖市及计划单列市、新疆生产建设兵团发展改革委：\n发改价格规〔2026〕88号\n二〇二六年一月二十日", "doc 发改价格规〔2026〕88号; date 2026-01-20 published"),
    ("zh", "索引号：000014349/2026-00012 主题分类：科技 发文机关：国务院 成文日期：2026年03月02日 标题：国务院关于...意见 发文字号：国发〔2026〕5号 发布日期：2026年03月10日", "date 2026-03-02 published; doc 国发〔2026〕5号; date 2026-03-10 published"),
    ("zh", "本条例已经2025年11月28日国务院第72次常务会议通过，现予公布，自2026年3月1日起施行。", "date 2025-11-28 event; date 2026-03-01 effective"),
    ("zh", "公众可于2026年2月15日前将意见反馈至邮箱。", "date 2026-02-15 deadline"),
    ("zh", "《办法》自发布之日起30日后施行，2019年6月1日发布的《暂行办法》（工信部规〔2019〕77号）同时废止。", "date 2019-06-01 published; doc 工信部规〔2019〕77号"),
    ("zh", "中华人民共和国工业和信息化部令第71号", "doc 中华人民共和国工业和信息化部令第71号"),
    ("zh", "腾讯云计划于2026年9月30日正式停止该服务。", "date 2026-09-30 effective"),
    ("zh", "2026年6月18日，国家数据局召开新闻发布会。", "date 2026-06-18 event"),
    ("zh", "（2026年1月12日市政府第8次常务会议审议通过 2026年1月20日公布 自2026年3月1日起施行）", "date 2026-01-12 event; date 2026-01-20 published; date 2026-03-01 effective"),
    ("en", "Qwen3-Max is priced at $1.2 per million input tokens and $6 per million output tokens, with a 90% discount on cached input.", "price 1.2 USD million_tokens; price 6 USD million_tokens; discount 90"),
    ("en", "China Mobile's bundle offers 5 million tokens for 20 yuan per month.", "price 20 CNY month current 5000000 token"),
    ("en", "The Max plan costs $100 or $200 a month.", "price 100 USD month; price 200 USD month"),
    ("en", "Prices will rise by 10 percent, with the Pro tier moving from $20 to $22 per month.", "price 20 USD month before; price 22 USD month after"),
    ("en", "Get 20% off annual plans with code SAVE20.", "discount 20"),
    ("en", "Reserved instances offer savings of up to 72% compared with on-demand.", "discount 72"),
    ("en", "You'll pay $0.10 per GB-month for block storage and $0.005 per 1,000 PUT requests.", "price 0.1 USD GB; price 0.005 USD thousand_requests"),
    ("en", "Starter: $0/month. Growth: $49/month. Scale: from $499/month.", "price 0 USD month; price 49 USD month; price 499 USD month min"),
    ("en", "| Plan | Price | Tokens |\n|------|------|------|\n| Basic | $9/mo | 5M tokens |\n| Plus | $29/mo | 20M tokens |", "price 9 USD month current 5000000 token; price 29 USD month current 20000000 token"),
    ("en", "Free users can send up to 10 messages every 5 hours.", "quota 10 message none max"),
    ("en", "Each key is limited to 100 requests per second; bursts of 200 are allowed.", "quota 100 request second max"),
    ("en", "The default quota is 5 vCPUs and 20 GB of RAM per project.", "quota 5 vcpu none; quota 20 GB none"),
    ("en", "A single message can be at most 256 KB.", "quota 256 KB none max"),
    ("en", "Batch queue limit: 200,000 tokens", "quota 200000 token none max"),
    ("en", "- Maximum size of a request body: 10 MB\n- Maximum number of rules: 50", "quota 10 MB none max; quota 50 rule none max"),
    ("en", "The facility will draw up to 1.2 GW of power.", "quota 1.2 GW none max"),
    ("en", "Applications close on 31 March 2026 and successful firms will be notified by 15 May 2026.", "date 2026-03-31 deadline; date 2026-05-15 deadline"),
    ("en", "This policy is effective as of January 1, 2026.", "date 2026-01-01 effective"),
    ("en", "Last updated: 12 February 2026", "date 2026-02-12 published"),
    ("en", "Support for the v1 API will end on 1 December 2026.", "date 2026-12-01 effective"),
    ("en", "The agreement was signed on 3 June 2026.", "date 2026-06-03 published"),
    ("en", "Under the scheme, firms receive a subsidy of up to 30% of computing costs, capped at 2 million yuan per year.", "subsidy 30% max; subsidy 2000000 CNY max"),
    ("zh-Hant", "政府推出30億元的人工智能資助計劃，合資格機構可獲最高七成資助。", "subsidy 3000000000 HKD"),
    ("zh-Hant", "月租費由原本的 HK$168 調高至 HK$188，2026年7月1日起生效。", "price 168 HKD month before; price 188 HKD month after; date 2026-07-01 effective"),
    ("zh-Hant", "每戶每月最高補貼新臺幣三千元。", "subsidy 3000 TWD max"),
    ("zh-Hant", "本計畫申請期限至民國115年6月30日止。", "date 2026-06-30 deadline"),
]  # fmt: skip

MORE_NOTHING = [
    ("zh", "全国累计建成5G基站425.1万个，算力总规模达到280EFLOPS增长25%。"),
    ("zh", "英伟达市值突破4万亿美元，数据中心业务收入391亿美元。"),
    ("zh", "项目总投资12亿元，占地150亩，预计2027年投产。"),
    ("zh", "今年以来共为企业发放贷款35亿元，利率低至3.2%。"),
    ("zh", "违反本条例规定的，处5000元以上5万元以下的罚款。"),
    ("zh", "该模型在MMLU上得分87.3%，推理速度达每秒120 tokens。"),
    ("zh", "二季度月活用户1.2亿，付费率3.5%。"),
    ("zh", "服务热线：95598 ，办公时间：9:00-17:30。"),
    ("zh", "居民人均可支配收入41314元，同比名义增长5.0%。"),
    ("zh", "公司拟以每股12.5元回购不超过2亿元股份。"),
    ("zh", "第三十五条 网络运营者应当自收到通知之日起10个工作日内整改。"),
    ("zh", "全省共有规上企业1.2万家，从业人员150万人。"),
    ("zh", "本届大会吸引超过5000名嘉宾，签约项目32个，金额达120亿元。"),
    ("zh", "预计到2030年，市场规模将达到1.5万亿元，年均复合增长率28%。"),
    ("en", "OpenAI's annualized revenue topped $20 billion, up from $6 billion a year earlier."),
    ("en", "The Commission fined the platform €120 million for breaching the rules."),
    ("en", "Shares fell 4.5% to HK$312.40."),
    ("en", "The project will create 1,200 jobs and cost an estimated $3 billion to build."),
    ("en", "The model scored 92.1% and generated 80 tokens per second in tests."),
    ("en", "Enrolment rose from 12,000 to 15,000 students."),
    ("en", "Alibaba will spend 380 billion yuan on AI infrastructure over three years."),
    ("en", "Data centres used 415 TWh of electricity in 2024, about 1.5% of global demand."),
    ("en", "Article 12(3) of Regulation (EU) 2016/679 applies."),
    ("en", "About 40% of respondents said they had switched providers."),
    ("en", "The fund has $1.5 billion under management."),
]  # fmt: skip

CASES = [*CARRIERS, *CLOUDS, *LIMITS, *CAPACITY, *POWER, *SUBSIDIES, *DATES, *NUMBERS, *MORE]
KEYS = {
    "price": ("amount", "currency", "per", "role", "quantity", "quantity_unit"),
    "quota": ("amount", "unit", "per", "role"),
    "subsidy": ("amount", "percent", "currency", "role"),
    "discount": ("percent_off",),
    "date": ("value", "role"),
    "doc_number": ("value",),
}


def expected(line: str) -> list[tuple[str, ...]]:
    """`price 39.9 CNY month; discount 20` as tuples; the role is `current` where left out."""
    made = []
    for part in line.split("; "):
        kind, *values = part.replace("knowledge base", "knowledge_base").split()
        if kind in ("price", "quota") and len(values) == 3:
            values.append("current")
        if kind == "subsidy" and values[-1] not in ("max", "min", "before", "after"):
            values.append("current")
        made.append(("doc_number" if kind == "doc" else kind, *(v.replace("_base", " base") for v in values)))
    return made


def found(text: str, lang: str) -> list[tuple[str, ...]]:
    """The facts of a text as tuples of the values that the cases state."""
    made = []
    for fact in facts(text, lang):
        values = [fact.values[k] + ("%" if k == "percent" else "") for k in KEYS[fact.kind] if k in fact.values]
        made.append((fact.kind, *values))
    return made


@pytest.mark.parametrize(("lang", "text", "line"), CASES)
def test_states_these_facts(lang: str, text: str, line: str) -> None:
    assert found(text, lang) == expected(line)


@pytest.mark.parametrize(("lang", "text"), [*NOTHING, *MORE_NOTHING])
def test_states_no_fact(lang: str, text: str) -> None:
    assert found(text, lang) == []
