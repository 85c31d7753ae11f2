"""Chinese names in traditional characters: 維和部隊 beside 维和部队."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from worker.vocabulary.entities import Alias, Entity, Vocabulary

_SIMPLIFIED = (
    "业东丝两严丰丽义乌乐习乱争亚产仅从仓仪们价众优会伟传伤伦侨侦党关兴兹养内冈军农冯冲决况冻净凯击划刘则"
    "刚创别剧办务动劳势勋区医华协单卖卢卫厂厅历厉压厦参双发变叙叶号吓吕启吴员响哑啸喷团园围国图圆圣场坏块"
    "坚坛墙声处备复头夺奋奖妇学宁宝实审宪宫宽宾对寻导将尔尘层属岁岛峡币帅师帐带帮并广庄庆库应庙废开异张弹"
    "强归当录彻径忆怀态总恋恶悬惊惧惨惩愿戏战户扑执扩扫扬扰抚抢护报担拟拥择挂挡挤挥损换据摇敌数断无旧时显"
    "晓暂术机杀杂权条来杨杰极构枪枭标树样桥档检楼欢欧歼残毕气汇汉沟泄泽洁济浏测涛润渊渐温湾溃满滨滩潜灭游"
    "灯灵灾炉点炼烂烧热焕爱牵犹狭独狱献玛环现电画盏盐监盖盗盘着矿码砖础确礼祸离种积称税稳穷窃竞笔签简类粮"
    "紧纠红约级纪纯纲纳纵纷纸纽线练组细织终绍经绑结给络绝统绩绪续绳维绸综绿缅缉编缘缔网罗罚罢职联肃胁胜脑"
    "脱舰艰艺节苏范荐荣药莱莲获营萧萨蓝虑虽蚀蛮蒋补袭装见观规视览觉触誉计订认讨让训议讯记讲许论设访证评识"
    "诈诉词译试诚话询该详语误说请诸诺读课谁调谅谈谊谋谢谣谨贝负贡财责败货质贩贪购贯贴贵贷贸费贺贼资赌赏赔"
    "赖赛赞赠赢赵赶趋跃践车轨转轮软轰轻载较辅辆辉辑输辞辩边达迁过迈运还这进远违连迟适选递逻遗邓邮郑释里鉴"
    "钓钟钢钱铁铜银锋锁锡错键长门闭问间闲闻阀阁阅队阳阴阵阶际陆陈险随隐难雇雾静韦韩页顶项顺须顾顿预领频题"
    "颜额风飞饭饰馆马驱驶驻驾骑骗骚骤鱼鲁鲜鸟鸣鹰麦黄齐龙"
)
_TRADITIONAL = (
    "業東絲兩嚴豐麗義烏樂習亂爭亞產僅從倉儀們價眾優會偉傳傷倫僑偵黨關興茲養內岡軍農馮衝決況凍淨凱擊劃劉則"
    "剛創別劇辦務動勞勢勳區醫華協單賣盧衛廠廳歷厲壓廈參雙發變敘葉號嚇呂啟吳員響啞嘯噴團園圍國圖圓聖場壞塊"
    "堅壇牆聲處備復頭奪奮獎婦學寧寶實審憲宮寬賓對尋導將爾塵層屬歲島峽幣帥師帳帶幫並廣莊慶庫應廟廢開異張彈"
    "強歸當錄徹徑憶懷態總戀惡懸驚懼慘懲願戲戰戶撲執擴掃揚擾撫搶護報擔擬擁擇掛擋擠揮損換據搖敵數斷無舊時顯"
    "曉暫術機殺雜權條來楊傑極構槍梟標樹樣橋檔檢樓歡歐殲殘畢氣匯漢溝洩澤潔濟瀏測濤潤淵漸溫灣潰滿濱灘潛滅遊"
    "燈靈災爐點煉爛燒熱煥愛牽猶狹獨獄獻瑪環現電畫盞鹽監蓋盜盤著礦碼磚礎確禮禍離種積稱稅穩窮竊競筆簽簡類糧"
    "緊糾紅約級紀純綱納縱紛紙紐線練組細織終紹經綁結給絡絕統績緒續繩維綢綜綠緬緝編緣締網羅罰罷職聯肅脅勝腦"
    "脫艦艱藝節蘇範薦榮藥萊蓮獲營蕭薩藍慮雖蝕蠻蔣補襲裝見觀規視覽覺觸譽計訂認討讓訓議訊記講許論設訪證評識"
    "詐訴詞譯試誠話詢該詳語誤說請諸諾讀課誰調諒談誼謀謝謠謹貝負貢財責敗貨質販貪購貫貼貴貸貿費賀賊資賭賞賠"
    "賴賽贊贈贏趙趕趨躍踐車軌轉輪軟轟輕載較輔輛輝輯輸辭辯邊達遷過邁運還這進遠違連遲適選遞邏遺鄧郵鄭釋裡鑒"
    "釣鐘鋼錢鐵銅銀鋒鎖錫錯鍵長門閉問間閒聞閥閣閱隊陽陰陣階際陸陳險隨隱難僱霧靜韋韓頁頂項順須顧頓預領頻題"
    "顏額風飛飯飾館馬驅駛駐駕騎騙騷驟魚魯鮮鳥鳴鷹麥黃齊龍"
)
_TABLE = str.maketrans(_SIMPLIFIED, _TRADITIONAL)


def with_traditional(vocabulary: Vocabulary) -> Vocabulary:
    """Return the vocabulary with the traditional spelling of each Chinese name, demonym and decoy that lacks it."""
    return replace(vocabulary, entities=tuple(map(_with_traditional, vocabulary.entities)))


def _with_traditional(entity: Entity) -> Entity:
    aliases, decoys = tuple(_traditional(entity.aliases)), tuple(_traditional(entity.decoys))
    if not aliases and not decoys:
        return entity
    return replace(entity, aliases=(*entity.aliases, *aliases), decoys=(*entity.decoys, *decoys))


def _traditional(aliases: Sequence[Alias]) -> Iterator[Alias]:
    spelled = {alias.text for alias in aliases if alias.language == "zh"}
    for alias in aliases:
        if alias.language != "zh" or (text := alias.text.translate(_TABLE)) in spelled:
            continue
        spelled.add(text)
        yield replace(alias, text=text, generated=True, source=None)
