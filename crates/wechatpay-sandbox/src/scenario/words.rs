//! What is sold, how it is paid, and what merchants write beside it. All invented.

use recondesk_domain::Fen;

const GOODS: [&str; 40] = [
    "云南高山阿拉比卡咖啡豆 454g",
    "手冲滤纸 V60 100 张",
    "生椰拿铁（大杯，少冰）",
    "燕麦拿铁 热 标准糖",
    "冷萃咖啡液 10 颗装",
    "挂耳咖啡混合装 20 包",
    "全麦吐司（切片）",
    "海盐可颂 2 枚",
    "提拉米苏 6 寸",
    "巴斯克蛋糕 4 寸",
    "鲜肉月饼 6 只礼盒",
    "阳澄湖大闸蟹券 四公四母",
    "五常大米 5kg",
    "赣南脐橙 10 斤 大果",
    "丹东草莓 3 斤 顺丰",
    "手工水饺（韭菜鸡蛋）1kg",
    "纯棉四件套 1.8 米床",
    "婴儿湿巾 80 抽 × 10 包",
    "儿童绘本《小兔子的一天》",
    "羽毛球 12 只装 耐打",
    "瑜伽垫 加宽 10mm",
    "蓝牙耳机 降噪 白色",
    "Type-C 数据线 1.5 米",
    "桌面风扇 静音 三档",
    "不锈钢保温杯 500ml",
    "洗衣凝珠 60 颗",
    "猫砂 豆腐 6L × 4 袋",
    "冻干猫粮 2kg",
    "会员月卡",
    "会员年卡（自动续费关闭）",
    "话费充值 50 元",
    "停车费 沪A·临牌 3 小时",
    "电影票 2 张 IMAX 厅",
    "单人自助午餐",
    "双人烤肉套餐",
    "门店自提 订单合并支付",
    "鲜花 香槟玫瑰 19 枝",
    "洗剪吹 总监",
    "钢琴体验课 45 分钟",
    "快递寄件 首重",
];

const TRICKY: [&str; 8] = [
    "套餐,A\"大\"份,加`冰`",
    "{\"sku\":\"K-88\",\"n\":2,\"备注\":\"不要香菜,多葱\"}",
    "`反引号`,`,`,结尾`",
    "逗号,,,,连着,",
    "\"引号开头,\"\"双写\"\"",
    "=1+1,@SUM(A1)",
    "[{\"a\":1},{\"b\":\"x,y\"}]",
    "礼盒,‘单’引号；全角，逗号",
];

/// Prices in fen, as shops set them.
const PRICES: [i64; 24] = [
    100, 350, 590, 880, 990, 1_200, 1_500, 1_680, 1_990, 2_350, 2_800, 3_600, 3_990, 4_990, 5_900,
    6_800, 8_900, 9_990, 12_800, 16_800, 19_900, 29_900, 49_800, 128_000,
];

const ATTACH: [&str; 8] = [
    "store=0107&channel=mini&campaign=autumn-2026&cashier=none&table=A0",
    "store=0212&channel=mini&campaign=none&cashier=none&table=B12&v=3",
    "store=0031&channel=h5&campaign=lunch-set&cashier=none&table=C3&v=3",
    "门店=静安寺店;渠道=小程序;活动=秋日新品;收银=自助机03",
    "门店=人民广场店;渠道=扫码点单;桌号=A12;活动=午市套餐",
    "门店=徐家汇店;渠道=APP;活动=会员日;收银=自助机11;批次=0308",
    "门店=虹桥天地店;渠道=公众号;活动=无;收银=人工;批次=0308",
    "store=0555&channel=app&campaign=member-day-0308&cashier=none&v=3",
];

fn pick<T: Copy + Default>(list: &[T], dice: u64) -> T {
    let count = u64::try_from(list.len()).unwrap_or(1).max(1);
    let at = usize::try_from((dice & 0xFFFF) % count).unwrap_or(0);
    list.get(at).copied().unwrap_or_default()
}

pub(super) fn goods(dice: u64, tricky: bool) -> &'static str {
    if tricky {
        pick(&TRICKY, dice)
    } else {
        pick(&GOODS, dice)
    }
}

pub(super) fn price(dice: u64) -> Fen {
    // Some odd fen, as weighed goods have them.
    let odd = i64::try_from((dice >> 16) & 0x7F).unwrap_or(0);
    let odd = if odd < 100 && odd % 3 == 0 { odd } else { 0 };
    Fen::new(pick(&PRICES, dice) + odd)
}

pub(super) fn trade_type(dice: u64) -> &'static str {
    pick(
        &[
            "JSAPI", "JSAPI", "JSAPI", "JSAPI", "APP", "NATIVE", "MICROPAY", "MWEB",
        ],
        dice,
    )
}

pub(super) fn bank(dice: u64) -> &'static str {
    pick(
        &[
            "OTHERS",
            "CFT",
            "ICBC_DEBIT",
            "CMB_CREDIT",
            "PSBC_DEBIT",
            "CCB_DEBIT",
        ],
        dice,
    )
}

pub(super) fn attach(dice: u64) -> &'static str {
    pick(&ATTACH, dice)
}
