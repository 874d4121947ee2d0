"""Stems of verbs, adverbs and adjectives that name nothing of their own: in another wording one stands for another.

Counted over the recorded abstracts, law, licences and feeds: in at least two of the three families that are large, at
least fifteen times, and there mostly behind "to", a modal or a pronoun (verbs) or also with "-ly". What excludes
something (`vocabulary.EXCLUSIVE`), who acts, and verbs whose sides must not be exchanged are not among them. Data only.
"""

STEMS = """
accelerat acces accommodat accompan accomplish according account accumulat accurate achiev acquir act active adapt
added additional addres adher adjust advanc adversarial advis affect aggregat aim align allocat allow alter analys
animat anticipat appear appli appropriate argu aris assemb asses assign assist associat assum attempt attend attribut
augment automat automatical autonomous avoid balanc becom begin behav behavioral being believ benefit bett bilateral
bind bodi boost break bridg bring build built calculat call captur careful cascad catastrophic catch categoris caus
chang characteris choos circumvent claim clarif classif clean close coherent collaborat collect communicat comp compar
compet comple compliant compos compromis computational concern conclud concret concrete concurrent conduct confident
configur confirm connect consequent consistent constant constitut consum contain contextual continual continuous
contribut control convert cooperat coordinat cover craft creat curat customis deal decid decompos defend defin degrad
delet deliv demonstrat depend describ design designat detect determin diagnos discard discov discus disrupt distinct
distinguish distribut don dramatical draw driv driven dynamical earl effective elicit eliminat embod emerg emotional
emphasis empirical empow empower encourag enforc engag enhanc enrich ensur enter entire environmental equal equip
especial essential establish estimat evaluat even ever evolv exact examin excessiv excit execut exercis exhibit exist
expect experimental explain exploit explor expos expres express extend extensive extract facilitat fail fall figur
fill filt find fine finetun fit fixed focu focus forecast form fost frequent fulfill function functional fund gain
gath generalis generat give gradual grant ground guarante guid hallucin handl harnes have health held help highlight
hinder historical hold hope horisontal host identical identif identify impl implement impos improv includ incorporat
indicat infer inferr influenc initiat inspir instant institut instruct insufficient integrat intend intentional
interact interleav interpret introduc invest investigat invit involv irregular isolat july jump justif keep know label
later lead learn led leverag lift like locat logical look maintain manipulat manual mast match material mathematical
maximis meaningful measur meet mere might minimis miss mitigat modif monitor motivat move narrow navigat near need
normal observ occur offer often operat operational organis otherwis outlin overcom paid participat pay perceiv perform
personalis physiological plac plan play political poor pose posses precise predict present preserv prevent primari
prioritis proactive procedural proces process produc production professional prohibit promot proper protect prototyp
prov proven pure pursu push ran random rank rare reach react read readi realis reason recall recognis recommend recov
refer refin reflect regist regular regulat reinforc relat reliab rely remain remed report represent reproduc requir
resolv respond restor restrict retain retriev reveal review revolutionis roll run safeguard satisf scal scholar search
secret secur seek seen select send separat separate sever shap shar shift short should show showcas sign significant
similar simplif simulat simultaneous smooth social solv spatial speak specialis specif specifical spend start stay
steer still stor streamlin strengthen strict subsequent substantial succe successful suff sufficient suggest summaris
supervis supp support surpris switch synthesis systematical tackl tailor talk teach tell temporal tend test therefor
think time trac track traditional transf transform translat trick trigg trust try turn typical ultimate undermin
understand unif unlock updat upgrad use used useful using usual utilis validat vari vary verif visual vulnerabl walk
want what will won writ yield
"""

# What a value or a condition is called: another wording may name it so.
MEASURED = """
deadline due threshold ceiling cap size sizes limit amount sum price fee rate share scope moment condition conditions
restriction restrictions licence license weights circumstance consequence step steps period term purpose early
restrict item items feature
"""

# Words that deny although they are no negation.
HINTS = """
without outside only unless except excluding excluded lack lacks fail fails failed refuse refused stop stopped stops
free little insufficient enough end ended ends closed below less fewer exceed exceeds thirdcountry instead rather
retired retires withdrawn expired
"""
