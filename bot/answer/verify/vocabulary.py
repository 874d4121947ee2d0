"""Words that mean the same, that exclude each other, that say nothing of their own: data only (`lexicon` reads it)."""

# Each line is one meaning, named by its first word; a form that only adds an ending need not be listed.
SAME = """
pass passes passed overtake overtakes overtook overtaken surpass surpassed
follow follows followed
fine fined fines penalty penalties sanction
breach breaching break breaking broke infringe infringement infringements infringing violate violating violation
breach violations non-compliance noncompliance
prohibit prohibited prohibition prohibitions prohibits forbid forbids forbidden bar bars barred ban bans banned
comply complies compliance complying conform conformity
company companies firm firms enterprise enterprises group business undertaking undertakings corporation
person persons people individual individuals
provider providers
everyone everybody anyone
users user
less fewer
licence license licences licenses licensed licensing
agreement terms
start starts starting began begin begins started
end ends ending ended stop stops stopped terminate terminates termination terminated expire lose loses lost
retire retires retired retirement
learn learns learning aware awareness become becomes became
give gives giving given gave supply supplied supplying supplies provide provides provided offer offers offered
give hand pass
obtain get gets got receive receives recipient recipients
keep keeps kept keeping retain retains retained retention hold holds holding held
death died dies die dead
use uses used using usage employ employed put
allow allows allowed permit permits permitted permission
price prices priced pricing cost costs costing charge charges charged
rent rents rented renting rental
cut cuts cutting reduce reduces reduced reduction decrease cheaper cheap
raise raised raises increase increased expand expanded grow grew
show shows showing shown display displays displayed displaying
publish published publishes publication public publicly publicise
release released releases launch launched launches came out
name names named
ask asks asked request requests requested requesting
need needs needed require requires required requirement requirements necessary
duty duties obligation obligations oblige obliges obliged obligated task responsible responsibility
inform informed informing told tell tells know knowing
disclose disclosed disclosing disclosure
obvious evident evidently
mark marks marked marking
detect detectable detected
report reports reported reporting reportedly notify notified notification notifies notice
immediately once promptly
appoint appoints appointed appointing name
write written writing
train trained training pretrained pretraining post-trained post-training
finetune fine-tune fine-tuned fine-tuning finetuning tune tuned
accept accepts accepted take takes taking taken
context window
limit limits limited limiting cap capped caps ceiling
exceed exceeds exceeding exceeded above beyond over more than
higher greater larger bigger
yearly annual annually year years
monthly month months
daily day days
weekly week weeks
hourly hour hours
worldwide global globally world
preceding previous prior last
document documents documented documentation documenting
summary summarise summarised summarize
content contents
affect affected affects
effective effectively
exclusive exclusively solely only sole
sme smes start-up start-ups startup
sufficient sufficiently
adequate appropriate suitable proper
oversee oversight overseen
design designs designed
manipulate manipulated manipulates
generate generates generated generating generative generation
artificial artificially synthetic
distribute distributes distributed distributing distribution distributions
derivative derivatives
modify modifies modified modifying modification modifications change changes changed
copy copies
prominent prominently
grant grants granted
right rights
claim claims claimed
own owns owned ownership property belong belongs
sue sues suing litigation lawsuit
govern governs governed governing
court courts
law laws legal legally
exempt exempts exempted exemption exception exceptions relief excluded excludes exclude
cover covers covered covering reach reaches concern concerns apply applies applied applying application
cover applicable applicability
consider considered considers treat treats treated regard regarded count counts counted
presume presumed presumption presumes
compute computation flop flops floating
risk risks
harm harms harmful
decide decides decided decision decisions determine determines
explain explanation explanations
depend depends
support supports supported supporting
available availability
replace replaces replaced replacement successor
deprecate deprecated deprecation
plan plans planned
subscriber subscribers
develop developers developer
invest invested investors investor
size sizes sized
parameter parameters
activate activates activated active activation
total altogether whole all
weight weights
fit fits
self-host self-hosting selfhosting
exceptional exceptionally
propose proposed proposal proposes
provisional provisionally
agree agrees agreed agreement
adopt adopted adoption
defer deferred deferral moved postponed
operational running operate operation run runs
sandbox sandboxes
older old existing
place placed placing
service services
establish establishes established establishing
union eu eu-based
state states
third-country third-countries third-countr
opensource openweight open openness
closedsource closed
intelligent intelligence
identical same
speed speeds fast faster quick
video videos
image images
text texts
call calls calling
answer answers answered
storage store stored
region regions in-region regional
approve approval approved authorise authorised authorisation authorization authorized authorizes consent
commercial commercially
log logs
internal internally
domicile domiciled
incorporate incorporates incorporated
contain contains containing include includes included including
mix mixture
interact interacting interaction interactions
exploit exploitation exploiting
improve improves improved improving improvement
credit credits
promotional promotion
variant variants version versions
derive derived based
reasoning reason
think thinking
substantiate substantiated
argue argues argument arguments
indicate indicates indication indicator
guide guidance guideline guidelines
draw draws
register registration
assess assessment assesses assessed
profile profiling profiles
significant significantly
influence influencing influences
outcome result
track tracked tracking
incident incidents
machine-readable machine-readably machinereadable machinereadably
technical technically
art artistic
trademark trademarks
substantial substantially
intend intended intends purpose meant
input inputs
output outputs
record recorded records
track tracker
pay paid paying pays
user users
product products
licensee licensees
licensor licensors
affiliate affiliates
"""

# Plain words of the trade that have no other form: at the start of a sentence they are no names.
PLAIN = """
deadline turnover threshold role memory node market member systemic resolution audio alias inference place revenue
consolidated default principal multimodal prepare separate mode self-serve english-centric thirty operator convert
exceptionally manage corrective serious feasible interoperable robust reliable creative log-in introductory
interface consumer vendor someone somebody silence
"""

# Of the words on one line a sentence may use one only where its evidence does. The first line: who does it to whom.
EXCLUSIVE = """
provider deployer importer distributor manufacturer representative operator licensee licensor contributor
provider recipient
commission council parliament board authority office member-state court state
input output cached
open closed
opened closed
highrisk gpai
system model
commercial noncommercial
commercial research
commercial internal
military lawenforcement
text image audio video
hour day week month year minute second
company individual
public private
copyright patent trademark
higher lower
bf16 fp8 fp4 int4 int8
new inactive everyone
offpeak onpeak
preview generally
first last
token character word
minimum maximum
cut raise
provisional final
correct incorrect
complete incomplete
enough little
continue suspend stop
pre post
worldwide national union domestic
minor serious
dedicated serverless
full part
exclusively partly
government private
developer user
retire release
easily hardly
easy hard difficult
default request arrangement
both none
large small
always never
internal external
direct indirect
voluntary mandatory
temporary permanent
import export
buy sell
win lose
success failure
increase reduce
strong weak
fast slow
cheap expensive
safe unsafe
legal illegal
lawful unlawful
true false
known unknown
single multiple
self-hosted managed
train inference
accept reject
approve refuse
agree disagree
open-weight closed
local remote
online offline
central regional
provisional permanent
majority minority
add remove
enable disable
chinese european american us
proposed adopted
smc sme large
biometric emotion
ondemand reserved spot
"""

# Words that say nothing of their own.
GLUE = """
whoever whatever amount amounts case cases way ways thing kind fact note short brief according accordance account
make makes made making mean means meant go goes went going come comes came coming see seen saw look set sets lead
leads happen can could face faces facing engage engaging consist well too both either each every such likewise
also only just merely simply already still yet soon now currently today then thus hence therefore however whereas
while though although because since as if when where whether unless until till before after during within upon
onto into out off apart besides instead rather than like unlike despite among amongst between towards toward
against along around about roughly approximately some somewhat nearly almost exactly least most more less further
again once twice do does did done have has had having be been being is are was were will would shall should must
may might cannot whose which who whom that this these those there here it its they them their he she you your we
our us one ones level point points paragraph paragraphs subparagraph respective respectively regarding concerning
concerned say says said saying speak describe described describes term called call known total in-total particular
particularly namely example instance e.g. i.e. etc and or nor not no never none nothing neither without except
keep order form first per via by from to for of on in at with up down under over the a an what how why compared
comparing up-to ready able unable possible possibly likely matter matters side remain remains stay stays long
longer itself themselves latest recent recently
new newly date dated dates day time times duration moment period lay lays lie lies
put puts bring brings brought let lets turn turned take took takes need count counts carry carried carries another
other others same similar exist exists existing certain relevant specific together plus necessary
require required
"""

# Meanings that a sentence may add: they say who uses or pays, and count.
FREE = "use everyone person pay start nobod one two three depend rule"

# Words that may stand for each other: what is said, is said by the words around them.
GENERIC = "list refer referred follow work operational rule ask need price regardles consist stand immediately provide"

# Verbs whose sides must not be exchanged.
RELATIONS = """
pass replace succeed answer consider become acquire beat outperform supersede amend derive appoint follow raise
cut exceed
"""

# Words behind a version that make another one of it.
VARIANTS = """
pro flash max mini nano lite ultra turbo air plus coder code opus sonnet haiku thinking exp fast heavy
"""

NEGATORS = """
not no never none neither nor without nobody nothing outside deny denies denied withhold withholds withheld exempt
exempts exempted excepted unable lack lacks prohibits forbids bars bans exclude excludes unless except unavailable
unaffected
"""

# What opens a clause of its own.
OPENERS = """
and but while whereas which who whose if where when unless although though because so except including
"""

AUXILIARIES = """
is are was were be been has have had do does did shall must may can will would should could might need needs
"""

# Words before a number that names a provision.
LABELS = """
article articles annex chapter chapters section sections point points paragraph paragraphs regulation directive
recital recitals wave version
"""
