"""Invented names. No list here is of real people; combinations are drawn at random."""

from random import Random

from lazaretto.people.choices import Sex

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔单"
)
COMPOUND = ("欧阳", "司徒", "上官")
GIVEN = {
    Sex.FEMALE: "静敏丽芳娜秀娟霞燕玲桂梅兰慧巧美淑惠珠翠雅芝玉萍红娥婷雪琳瑶怡婉晴悦彤妍思语嘉欣诗涵若汐",
    Sex.MALE: "伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林泽宸睿轩博航铭皓文景晨子墨恒毅",
}
FOREIGN = (
    ("Amara Okafor", Sex.FEMALE, "NGA", "en"),
    ("Daniel Mensah", Sex.MALE, "GHA", "en"),
    ("Priya Raman", Sex.FEMALE, "IND", "en"),
    ("Nguyen Minh Anh", Sex.FEMALE, "VNM", "vi"),
    ("Tran Quoc Bao", Sex.MALE, "VNM", "vi"),
    ("Yuki Shirakawa", Sex.FEMALE, "JPN", "ja"),
    ("Min-jun Seo", Sex.MALE, "KOR", "ko"),
    ("Farid Hosseini", Sex.MALE, "IRN", "en"),
    ("Ivan Petrenkov", Sex.MALE, "RUS", "ru"),
    ("Olga Lavrova", Sex.FEMALE, "RUS", "ru"),
    ("Carlos Almeida", Sex.MALE, "BRA", "pt"),
    ("Layla Haddad", Sex.FEMALE, "JOR", "ar"),
    ("Siti Rahma", Sex.FEMALE, "IDN", "id"),
    ("Jonas Bergqvist", Sex.MALE, "SWE", "en"),
    ("Claire Dubreuil", Sex.FEMALE, "FRA", "fr"),
    ("Thandiwe Moyo", Sex.FEMALE, "ZWE", "en"),
)
HOTELS = (
    ("江畔酒店", "Riverside Hotel"),
    ("珠湾宾馆", "Pearl Bay House"),
    ("榕树酒店", "Banyan Hotel"),
    ("海心假日酒店", "Haixin Holiday Hotel"),
    ("晓岸酒店", "Dawn Shore Hotel"),
    ("木棉宾馆", "Kapok House"),
    ("云栖酒店", "Cloudrest Hotel"),
    ("南塘酒店", "South Pond Hotel"),
    ("紫荆酒店", "Bauhinia Hotel"),
    ("碧波商务酒店", "Blue Wave Business Hotel"),
    ("瑶溪酒店", "Jade Creek Hotel"),
    ("赤岗公寓", "Red Ridge Residence"),
    ("官渡酒店", "Ferry Hotel"),
    ("小洲驿", "Islet Inn"),
    ("逸景酒店", "Fairview Hotel"),
    ("会展驿站", "Fairground Inn"),
    ("龙潭学校隔离点", "Longtan School Site"),
)
SITE_TEAMS = (("M", "医护组"), ("S", "安保组"), ("H", "酒店服务组"), ("I", "信息联络组"), ("D", "消杀组"))
DISTRICT_TEAMS = (
    ("MED", "医疗防护组"),
    ("SEC", "安全保卫组"),
    ("LOG", "后勤保障组"),
    ("PTY", "党建引领组"),
    ("TRF", "转运组"),
)


def chinese_name(random: Random, sex: Sex, surname: str = "") -> str:
    """A name of two or three characters."""
    family = surname or (random.choice(COMPOUND) if random.random() < 0.01 else random.choice(SURNAMES))
    return family + "".join(random.sample(GIVEN[sex], random.choice((1, 2, 2))))
