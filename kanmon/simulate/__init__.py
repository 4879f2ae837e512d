"""A made-up fleet -> inventories in Kanmon JSON. Verb: simulate.

In comes a seed, the number of a PC and a round; out goes the body that this PC's agent would send. Nothing
is kept: the same seed, number, round and day give the same bytes in any process, so a fleet can be made in
parallel, in any order, and again later. Pure: no Django, no clock, no files.

draw.py  numbers from a seed          programs.py  titles, versions, how common they are
places.py  sites, hosts, hardware     systems.py   Windows and Linux with their updates
states.py  protection and settings    fleet.py     one PC out of all of these

The fleet is made so that the Default policy finds most PCs Safe and a believable share not. It is no model of
any real company; names of makers and programs are only there to look like what inventories look like.
"""
