"""What the model does not know: varied questions and remarks from outside `domain.py`, for training.

The 200 questions of `unknown_held_out.txt` were written apart from these templates and are only ever evaluated.
"""

import random

from . import domain

PEOPLE = (
    "Einstein, Shakespeare, Napoleon, Mozart, Cleopatra, Newton, Darwin, Beethoven, Picasso, Columbus, my mother, my boss, "
    "my neighbor, your uncle, the president, the king, the mayor, the captain, the manager, my cousin, a lawyer, a sailor, "
    "the pilot, Robert, Alice, Peter, Sarah, George, Linda, Michael, Susan, the author, the winner").split(", ")
PLACES = (
    "Brazil, Canada, India, Mexico, Sweden, Norway, Turkey, Kenya, Chile, Portugal, Australia, Africa, America, Texas, "
    "California, New York, Chicago, Boston, Sydney, Mumbai, Dublin, Prague, Madrid, the Alps, the airport, the library, "
    "the museum, the supermarket, the beach, the hospital, the office, the harbor, the north pole, Mars, Jupiter, "
    "the desert, the jungle, the stadium, the university, the church, Mount Everest, the Amazon, the Nile, Hollywood"
).split(", ")
THINGS = (
    "telephone, bicycle, airplane, refrigerator, television, newspaper, umbrella, volcano, earthquake, rainbow, butterfly, "
    "elephant, giraffe, kangaroo, dolphin, crocodile, mushroom, sandwich, pizza, spaghetti, cheese, chicken, pancake, "
    "computer, keyboard, microscope, telescope, battery, magnet, diamond, helicopter, submarine, parachute, lighthouse, "
    "pyramid, cathedral, skyscraper, elevator, dictionary, calendar, passport, contract, mortgage, insurance, election, "
    "government, religion, philosophy, chemistry, physics, history, geometry, algebra, electricity, gravity, oxygen, "
    "carbon, uranium, aluminum, plastic, leather, cotton, concrete, gasoline, medicine, vaccine, virus, skeleton, muscle, "
    "stomach, kidney, password, website, software, robot arm, satellite, comet, galaxy, black hole, tornado, avalanche, "
    "opera, orchestra, saxophone, trumpet, ballet, painting, sculpture, poem, novel, movie, theater, comedy, wedding, "
    "funeral, festival, holiday, vacation, restaurant, recipe, breakfast, dinner, salad, dessert, whiskey, wine, beer, "
    "shirt, trousers, necktie, sweater, umbrella stand, sofa, carpet, curtain, dishwasher, vacuum cleaner, screwdriver, "
    "wheel, tractor, ambulance, motorcycle, train, tunnel, canyon, waterfall, glacier, penguin colony, wolf, bear, lion, "
    "eagle, owl, salmon, shark, whale, snake, lizard, beetle, mosquito, bacteria, seed, root, oak, pine, rose, tulip"
).split(", ")
VERBS = (
    "repair, clean, paint, buy, sell, rent, build, design, invent, borrow, steal, translate, measure, photograph, explain, "
    "destroy, carry, polish, bake, fry, freeze, import, program, install, delete, upload, print, publish, review, organize, "
    "collect, plant, feed, train, ride, drive, fly, park, ship, insure, weigh, cut, glue, sew, wash, iron, hide, find, order"
).split(", ")
QUALITIES = (
    "tall, heavy, expensive, dangerous, deep, wide, popular, famous, rare, poisonous, valuable, ancient, modern, "
    "efficient, fragile, important, delicious, healthy, illegal, comfortable, difficult, boring, huge, tiny, noisy, shiny"
).split(", ")
HAPPENINGS = (
    "the war, the revolution, the concert, the meeting, the exam, the match, the trial, the movie, the election, the flood, "
    "the eclipse, the party, the train, the bus, the show, the lecture, the strike, the next flight, the parade, the storm"
).split(", ")

TEMPLATES = """
Who (invented|discovered|designed|built) the {thing}?
Who (was|is|killed|married|taught) {person}?
Who (won|lost|started|organized) {event}?
Who is the (president|king|queen|leader) of {place}?
Where (was|is|lives|works) {person}?
Where can I (buy|find|see|rent) a {thing}?
Where is (the nearest|my|the) {thing}?
Where is {place}?
When (did|does|will) {event} (start|end)?
When (was|did) {person} (born|die|arrive)?
When was the {thing} invented?
Why (is|was) {person} (so |){quality}?
Why (is|are) (the|a|this) {thing} (so |){quality}?
Why did {person} {verb} the {thing}?
How {quality} is (a|the|this) {thing}?
How {quality} is {place}?
How many (people|cities|rivers|lakes|islands) are in {place}?
How (much|long) does (a|the) {thing} (cost|last|weigh|take)?
How (do|can|should) I {verb} a {thing}?
How does a {thing} work?
How far is it to {place}?
How (do|can) I get to {place}?
What is (a|an|the) {thing}?
What (causes|is inside|is wrong with) (a|the) {thing}?
What did {person} (say|write|eat|invent|{verb})?
What is the (population|area|currency|climate|history) of {place}?
What (language|food|music) do people have in {place}?
What is the (price|size|weight|speed|meaning|temperature) of (a|the) {thing}?
What (happened|will happen) (at|after|before|during) {event}?
What is the difference between a {thing} and a {thing}?
Which {thing} is the most {quality}?
Which (country|city|company|team) has the (best|biggest|oldest) {thing}?
Is (a|the) {thing} {quality}?
Is it {quality} to {verb} a {thing}?
Is {person} (still alive|at home|{quality}|married)?
Is {place} {quality}?
(Does|Did|Will) {person} {verb} the {thing}?
(Do|Did|Can) (you|they|we) {verb} (the|a|my) {thing}?
(Have|Had) you (ever |)(been to|seen|visited) {place}?
Should I {verb} (the|my|a) {thing}?
(Please |)(turn on|turn off|bring me|show me|open|close|play) the {thing}.
(Please |)(call|text|email|remind) {person}.
(Please |)(book|order|find|draw|translate) a {thing} for {person}.
(Please |)set (a timer|an alarm) for {count} (minutes|hours).
I (bought|lost|found|need|broke|saw|sold) (a|my|the) {thing}.
I (want|have|plan) to {verb} (a|the) {thing}.
I (live|work|was born|studied) (near|in) {place}.
My {thing} is (very |too |){quality}.
{person} (likes|hates|wants|sold|bought) (the|a) {thing}.
The {thing} (is|was) (very |too |){quality}.
Tell me (about|more about|a story about) (the {thing}|{place}|{person}).
(Read|Write|Send) (a|the|my) (letter|message|email) (to|about) {person}.
(What is|Give me) the (news|traffic|schedule|score) (in|for|from) {place}?
What is the capital of {unlisted place}?
What color is (a|the|my) {thing}?
(Spell|How do you spell) {thing}?
(What is|What's) the opposite of (a |){thing}?
What is {count} divided by {count}?
What is the square root of {count}?
(Multiply|Divide) {count} by {count}.
Why (is|are|do|does) (gold|honey|bread|water|fire|snow|bees|cows|spiders|clouds) so {quality}?
(How|Why) do (bees|cows|birds|people|farmers) {verb} (honey|milk|bread|the {thing})?
Which (planet|star|season|month|country) (is|has) the most {quality}?
How many (teeth|stomachs|wings|moons|players|strings) does (a|the) (cow|bee|team|guitar|{thing}) have?
(Write|Read|Sing) (a|me a) (story|poem|song|letter) about (the |){thing}.
What (year|date|century) is (it|this|{event})?
Do you (know|remember|like|own) {person}?
Do you like {place}?
{odd} {odd}?
What is {odd}?
Tell me about {odd} {odd}.
""".strip().splitlines()

_COUNTS = "two three four five six eight nine ten twelve fifteen twenty thirty forty fifty sixty ninety".split()
_UNLISTED = [p for p in PLACES[:12] if p not in domain.CAPITALS]


def sentence(rng: random.Random, vocabulary: list[str]) -> str:
    """One sentence; `vocabulary` are the words of a dictionary, for the sentences that mean nothing."""
    text = rng.choice(TEMPLATES)
    while "(" in text:  # Choose at random instead of expanding all: there are too many.
        end = text.index(")")
        start = text.rindex("(", 0, end)
        text = text[:start] + rng.choice(text[start + 1:end].split("|")) + text[end + 1:]
    for name, words in (
        ("thing", THINGS), ("person", PEOPLE), ("place", PLACES), ("verb", VERBS), ("quality", QUALITIES),
        ("event", HAPPENINGS), ("count", _COUNTS), ("unlisted place", _UNLISTED), ("odd", vocabulary),
    ):
        while "{" + name + "}" in text:
            text = text.replace("{" + name + "}", rng.choice(words), 1)
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]
