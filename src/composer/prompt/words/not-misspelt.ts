// Lists correct words, most of them English, that differ in one letter from a word for music.
// Without this list, the composer would treat these words as misspelt words for music.

export const notMisspelt: ReadonlySet<string> = new Set(
  `
    fuge been think take place real done looking change live making stop white came side american mind coming
    large class child phone works chance word cost miss film likely share county couple star test bill value
    save green match page vote hell related code lose union built loss base table ball india cold sales
    store feet canada calling africa band cash trip catch cell glass placed americans mental hill animal
    rise cast mary drugs horse cells corner lovely core taste classic clothes plane boat duty signs vice
    wins chair joke grant tests values hole italy recorded sharing asia hits films phase votes bird scored
    wave draft spoke bomb scared shares wales blow matches load bottle chat diet mess shift crown latter
    concert plate quit sing balls bills pink nose bread gang sons coal meal trick bone chart occur thin
    bonus minds rating woods wings crimes raising guests hunting skill soil solve trash walker dust layer
    marry signing stops bench cricket medal mill bands coat drove fate tube walter banking cant grateful
    bears boxes bull couples maria texts shake stats punch rick versus indiana oscar ruin slave seal beast
    mall sole tables spare bonds corps stroke menu scope boats brick measured mercy pipe reads rude wages
    bullet carl shoe snake worlds relating snap beta cave laser villa bacteria raid ranging sheep slaves
    trace bases cherry codes garbage grows mines victor crush jake lease shine aunt bubble bombs caps beans
    scream stairs staring breach cheers cuba disc keen mere valve arabia brad divide streams canon stamp
    sang sells bride bros raped shaw trainer wives reed rises saves scare ballot chile hull shadows harper
    singh sins smells hype marc arch bounce chairs diving praised rider salmon stark camping chan pause
    puppy slice riders solving sore steep weigh cord martha whale bulls clan clash concerts coupled grande
    sally sweep cheek plea purse float grind grove newer sober spice tubes bore buys chad mentor monk shells
    tenure cracking gaza heroin marco exotic papa plaza reds rode stamps stare classics rack walt fist moss
    peru plague tens corridor spoon whistle bids marsh salon vague fade relay risen snakes bets niche nina
    utter crashing creep felix marina nobel spill violet wendy afterward calif dessert phases rand shave
    sinking bats cheeks electron spells accord manor shawn banning crow sting tick wines horny latino
    preston rehab rhode stall parole stab worms cody drowning guts herd jelly scar worm beams claude gram
    hugo iris locking logging scars voiced armour compares congo glowing marched tended belts bounty coats
    meta potent reverend chang chili greed greet hose mysteries ruining sacked choke ernest hallway mayo
    tate versa bingo fest adore beasts coping sank beads carlo caves housed sewing shin tinder mans scarf
    wakes cite dent notre prayed rash verge hare pint scares shove
  `.split(/\s+/),
);
