"""Two small tables of how characters are read in names, where that differs from the common reading.

Format: `character=reading`, syllables of compound surnames joined by `.`, several readings by `/`, commonest first.
"""

# Readings that hold when the character is a surname. Source: Xiandai Hanyu Cidian (7th ed.), entries marked 姓.
_SURNAMES = """
万俟=mo.qi 尉迟=yu.chi 令狐=ling.hu 单于=chan.yu 澹台=tan.tai 长孙=zhang.sun 欧阳=ou.yang 司马=si.ma
上官=shang.guan 诸葛=zhu.ge 东方=dong.fang 皇甫=huang.fu 慕容=mu.rong 夏侯=xia.hou 公孙=gong.sun
轩辕=xuan.yuan 宇文=yu.wen 司徒=si.tu 司空=si.kong 端木=duan.mu 独孤=du.gu 南宫=nan.gong 西门=xi.men
申屠=shen.tu 呼延=hu.yan 闻人=wen.ren 钟离=zhong.li 濮阳=pu.yang 太史=tai.shi 公冶=gong.ye 赫连=he.lian
宗政=zong.zheng 淳于=chun.yu 公羊=gong.yang 仲孙=zhong.sun 鲜于=xian.yu 闾丘=lü.qiu 拓跋=tuo.ba 百里=bai.li
东郭=dong.guo 南门=nan.men 纳兰=na.lan 完颜=wan.yan 叶赫=ye.he 第五=di.wu 梁丘=liang.qiu 左丘=zuo.qiu
歐陽=ou.yang 尉遲=yu.chi 諸葛=zhu.ge 單于=chan.yu 单=shan 單=shan 曾=zeng 仇=qiu 解=xie 查=zha 区=ou 區=ou
任=ren 华=hua 華=hua 朴=piao 秘=bi 冼=xian 洗=xian 盖=ge 蓋=ge 缪=miao 繆=miao 员=yun 員=yun 葛=ge 召=shao
种=chong 重=chong 逄=pang 乐=yue 樂=yue 那=na 尹=yin 薄=bo 卜=bu 折=she 黑=he 牟=mu 宿=su 隗=wei 覃=qin
翟=zhai 褚=chu 晁=chao 纪=ji 紀=ji 宁=ning 寧=ning 甯=ning 佴=nai 谌=chen 諶=chen 郇=xun 郗=xi 祭=zhai 昝=zan
逯=lu 应=ying 應=ying 句=gou 於=yu 缑=gou 行=xing 占=zhan 能=nai 适=kuo 燕=yan 便=pian 哈=ha 撒=sa 塔=ta
车=che 車=che 石=shi 沈=shen 盛=sheng 尉=wei 将=jiang 强=qiang 過=guo 过=guo 降=jiang 阚=kan 闞=kan 瞿=qu
幺=yao 麻=ma 相=xiang 曲=qu 俞=yu 鲍=bao 鮑=bao 贾=jia 賈=jia 夏=xia 江=jiang 贲=ben 賁=ben 臧=zang 藏=zang
郝=hao 都=du 氾=fan 费=fei 費=fei 芮=rui 莘=shen 尾=wei 大=da 訾=zi 冒=mao 危=wei 乜=nie 令=ling 堵=du
仉=zhang 盍=he 粘=nian 焦=jiao 丁=ding 耶律=ye.lü 番=pan 囊=nang 洪=hong 呙=guo
"""

# Characters of given names that parents do read in more than one way. The rare readings of other characters would
# only make wrong hits.
_SEVERAL = """
乐=le/yue 樂=le/yue 重=zhong/chong 朝=chao/zhao 长=chang/zhang 長=chang/zhang 行=xing/hang 茜=qian/xi
盛=sheng/cheng 晟=sheng/cheng 阿=a/e 娜=na/nuo 传=chuan/zhuan 傳=chuan/zhuan 仔=zai/zi 覃=qin/tan 翟=zhai/di
乾=qian/gan 伽=jia/qie/ga 莞=guan/wan 柏=bai/bo 薄=bo/bao 厦=xia/sha 藏=zang/cang 露=lu/lou 泊=bo/po
参=shen/can 參=shen/can 颉=jie/xie 炅=jiong/gui 曾=zeng/ceng 单=shan/dan 还=huan/hai 都=du/dou 大=da/dai
宿=su/xiu 识=shi/zhi 解=jie/xie 石=shi/dan 祭=ji/zhai 殷=yin/yan 会=hui/kuai 俞=yu/shu 便=bian/pian 尉=wei/yu
佛=fo/fu 贾=jia/gu 贲=ben/bi 朴=pu/piao 奇=qi/ji 率=shuai/lü 车=che/ju 种=zhong/chong 繁=fan/po 仇=qiu/chou
查=cha/zha 区=qu/ou 郇=xun/huan 扎=zha/za 卡=ka/qia 那=na/nuo 什=shi/shen 度=du/duo 沈=shen/chen 说=shuo/yue
卜=bo/bu 叶=ye/xie 洗=xi/xian
"""

SURNAMES: dict[str, tuple[str, ...]] = {
    name: tuple(reading.split(".")) for name, reading in (entry.split("=") for entry in _SURNAMES.split())
}
POLYPHONES: dict[str, tuple[str, ...]] = {
    name: tuple(reading.split("/")) for name, reading in (entry.split("=") for entry in _SEVERAL.split())
}
