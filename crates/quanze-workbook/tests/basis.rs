//! Legal bases as published lists write them: what is cited, and what is only spoken of.

use proptest::prelude::*;
use quanze_workbook::{Basis, Profile};

/// Reads a basis and compares what is cited, as `title@place place; title@place`.
#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(cited(text), expected, "{text}");
}

fn cited(text: &str) -> String {
    let basis = Basis::parse(text, &Profile::default());
    let citations =
        basis.citations.iter().map(|citation| format!("{}@{}", citation.title, citation.locators.join(" ")));
    citations.collect::<Vec<_>>().join("; ")
}

#[test]
fn titles_with_their_articles() {
    check(
        "【法律】《森林法》（1984年通过，2019年修订）\n第三十八条第一款：需要使用林地的。",
        "森林法@第三十八条第一款",
    );
    check("《森林法》第十条、第二十三条第二款", "森林法@第十条 第二十三条第二款");
    check("《森林法》（2019年修订）第十条规定：应当。", "森林法@第十条");
    check("1.《森林法》第十条；\n2.《种子法》第三条。", "森林法@第十条; 种子法@第三条");
    check("一、《森林法》第十条\n二、《种子法》第三条", "森林法@第十条; 种子法@第三条");
    check("《森林法》第十条、《种子法》第三条第二款", "森林法@第十条; 种子法@第三条第二款");
    check("【法律】《森林法》第１０条\n【规章】《种子管理办法》第 22 条", "森林法@第十条; 种子管理办法@第二十二条");
    check("【法律】《森林法》第十条至第十二条", "森林法@第十条 第十一条 第十二条");
    check("中华人民共和国森林法第三十条", "中华人民共和国森林法@第三十条");
    check("【规范性文件】《工程计价规范》（GB500）\n11.1.5 办理完毕。", "工程计价规范@11.1.5");
    check("《森林法》（2019年）     第十条：应当。     第十一条：可以。", "森林法@第十条 第十一条");
}

#[test]
fn acts_in_brackets_are_no_bases() {
    check(
        "【法律】《草原法》（根据2013年《关于修改〈文物保护法〉等十二部法律的决定》第二次修正，2021年《关于修改〈消防法〉的决定》修正）\n第四十条：需要。",
        "草原法@第四十条",
    );
    check("【法规】《土地条例》（国务院令第3号（2021年修订））第九条：禁止。", "土地条例@第九条");
    check("【法规】《土地条例》(国务院令第3号）\n第九条：禁止。", "土地条例@第九条");
    check("【法规】《土地条例》（国务院令第3号，根据《决定》修订\n第九条：禁止。", "土地条例@第九条");
}

#[test]
fn articles_that_a_text_speaks_of_are_no_bases() {
    check("《森林法》\n第五十条：违反本法第三十八条规定的，处罚款。", "森林法@第五十条");
    check(
        "《森林法》\n第五十条：依照《种子法》第七十七条的规定处罚；情节严重的，依照本条第一款处罚。",
        "森林法@第五十条",
    );
    check("《森林法》\n第五十条：依照【法规】《种子条例》第三十八条处罚。", "森林法@第五十条");
    check("《森林法》\n第五十条：违反本法\n第三十八条规定的，处罚款。", "森林法@第五十条");
    check(
        "《森林法》\n第五十条：有下列行为之一的：\n（一）违反第十条的；\n（二）违反《种子法》第三条的。",
        "森林法@第五十条",
    );
    check("《森林法》\n第五十条：处罚款。\n批发市场违反本法第三十七条第一款规定的，处罚款。", "森林法@第五十条");
    check("《森林法》\n第五十条：处罚款。\n第三十七条规定的行为，由林业部门处罚。", "森林法@第五十条");
    check("《森林法》\n第五十条 处罚款。第五十一条：加倍。", "森林法@第五十条 第五十一条");
    check(
        "《森林法》\n第五十条：本法第四十四条，第四十七条至第四十九条规定的处罚，由林业部门决定。",
        "森林法@第五十条",
    );
}

#[test]
fn annexes_catalogues_and_whole_documents() {
    check(
        "【国务院决定】《设定行政许可的决定》（国务院令第412号）\n附件第104项：改动审批。",
        "设定行政许可的决定@附件第一百零四项",
    );
    check(
        "【国务院决定】《取消的决定》（国发〔2019〕6号）\n附件1《取消目录》第18项：核发。",
        "取消的决定@附件一第十八项",
    );
    check("【规范性文件】《调整的决定》（国发【2014】50号）下放管理层级的目录第26项：选址。", "调整的决定@第二十六项");
    check("【规范性文件】《定价目录》（新政发〔2019〕49号）\n全文适用。", "定价目录@");
    check(
        "【规范性文件】区党委办公厅 区人民政府办公厅关于印发《林业厅职能配置规定》的通知（厅字〔2018〕53号）\n拟订政策。",
        "区党委办公厅区人民政府办公厅关于印发〈林业厅职能配置规定〉的通知@",
    );
    check("【规范性文件】财政厅《关于收费标准的通知》（计价〔2001〕5号）\n第三条：收费。", "关于收费标准的通知@第三条");
    check("【规范性文件】《实施意见》（党办发〔2015〕5号）\n第一部分第六条：加强。", "实施意见@第一部分第六条");
}

#[test]
fn what_is_written_carelessly() {
    check(
        "【 法律】《 中华\n人民共和\n国统计法》（2009年\n修订）\n第四十\n一条：拒绝\n提供的，依照\n第三十条处罚。",
        "中华人民共和国统计法@第四十一条",
    );
    check("【法规】（禁止使用童工规定》（2002年公布）\n第九条：加一倍罚款。", "禁止使用童工规定@第九条");
    check("法律】《测绘法》（2017年修订）\n第四十六条：会同。", "测绘法@第四十六条");
    check("【法律】《森林法 第十条：应当。", "森林法@第十条");
    check("【法律】森林法第十条：应当。", "森林法@第十条");
    check("【法律】【法律】《森林法》\n第十条：应当。", "森林法@第十条");
    check("《实施<森林法>办法》第二十七第二款：需要。", "实施〈森林法〉办法@第二十七条第二款");
    check("《实施〈森林法〉办法》\n第十九：需要。\n三十八条：变更。", "实施〈森林法〉办法@第十九条 第三十八条");
    check("《管理办法》（试行）第三条", "管理办法（试行）@第三条");
    check("【法律】〈《》（", "");
    check("按国家规定", "");
    check("", "");
}

#[test]
fn kinds_numbers_and_editions() {
    let text = "【地方性法规】《某省条例》（2004年6月29日省人大公告第12号公布，2016年8月25日修订，自2017年1月1日起施行）第三条";
    let basis = Basis::parse(text, &Profile::default());
    let citation = &basis.citations[0];
    assert_eq!(citation.kind.as_deref(), Some("local_regulation"));
    assert_eq!(citation.number.as_deref(), Some("省人大公告第12号"));
    assert_eq!(citation.edition.as_deref(), Some("2016"));
    let basis = Basis::parse("第三条：应当。\n《森林法》第四条", &Profile::default());
    assert_eq!((basis.without_title, basis.citations.len()), (vec!["第三条".to_owned()], 1));
}

/// Pieces of which bases are made, and of which nonsense is made too.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "【法律】",
        "【",
        "】",
        "《",
        "》",
        "〈",
        "〉",
        "森林法",
        "（",
        "）",
        "(",
        ")",
        "第",
        "十",
        "三",
        "条",
        "款",
        "项",
        "目",
        "之一",
        "、",
        "，",
        "：",
        "。",
        "\n",
        " ",
        "\u{3000}",
        "至",
        "附件",
        "1",
        "2019年",
        "国务院令第3号",
        "依照",
        "部分",
        "11.1.5",
        "章",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_and_what_is_read_is_well_formed(text in pieces()) {
        let basis = Basis::parse(&text, &Profile::default());
        for citation in &basis.citations {
            prop_assert!(!citation.title.is_empty() && !citation.title.contains(char::is_whitespace));
            prop_assert!(!citation.title.contains(['《', '》']));
            let mut places = citation.locators.clone();
            places.sort();
            places.dedup();
            prop_assert_eq!(places.len(), citation.locators.len());
        }
        let mut titles: Vec<&str> = basis.citations.iter().map(|citation| citation.title.as_str()).collect();
        titles.sort_unstable();
        titles.dedup();
        prop_assert_eq!(titles.len(), basis.citations.len());
    }

    #[test]
    fn what_is_cited_reads_back(articles in prop::collection::vec((1_u32..200, prop::option::of(1_u32..9)), 1..6)) {
        let place = |(article, clause): &(u32, Option<u32>)| {
            let clause = clause.map(|clause| format!("第{clause}款")).unwrap_or_default();
            format!("第{article}条{clause}")
        };
        let places: Vec<String> = articles.iter().map(place).collect();
        let inline = cited(&format!("《森林法》{}", places.join("、")));
        let lines = cited(&format!("【法律】《森林法》（2019年修订）\n{}：应当。", places.join("：应当。\n")));
        prop_assert_eq!(inline, lines);
    }
}
